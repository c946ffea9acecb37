package noreply_test

import (
	"context"
	"fmt"
	"log"
	"runtime"

	"github.com/go-zeromq/zmq4"
)

// connected returns a REP socket and a REQ socket that are connected to each
// other. The REQ socket has the context ctx.
func connected(ctx context.Context) (rep, req zmq4.Socket) {
	rep, req = zmq4.NewRep(context.Background()), zmq4.NewReq(ctx)
	if err := rep.Listen("tcp://127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	if err := req.Dial("tcp://" + rep.Addr().String()); err != nil {
		log.Fatal(err)
	}
	return rep, req
}

func send(s zmq4.Socket, text string) {
	if err := s.Send(zmq4.NewMsgString(text)); err != nil {
		log.Fatal(err)
	}
}

func recv(s zmq4.Socket) string {
	msg, err := s.Recv()
	if err != nil {
		log.Fatal(err)
	}
	return string(msg.Bytes())
}

// In pyzmq, this is a loop with recv(zmq.NOBLOCK) and zmq.Again.
func Example_noblock() {
	rep, req := connected(context.Background())
	defer rep.Close()
	defer req.Close()
	work := make(chan bool)
	go func() {
		name := recv(rep)
		<-work
		send(rep, "Hello, "+name+"!")
	}()
	doOtherWork := func() {
		select {
		case work <- true:
			fmt.Println("no reply yet")
		default:
			runtime.Gosched()
		}
	}

	send(req, "World")
	replies := make(chan string, 1)
	go func() { replies <- recv(req) }()
	for {
		select {
		case reply := <-replies:
			fmt.Println(reply)
			return
		default: // zmq.Again
			doOtherWork()
		}
	}
	// Output:
	// no reply yet
	// Hello, World!
}

// The end of a REQ socket's context does not end its Recv.
func Example_context() {
	ctx, cancel := context.WithCancel(context.Background())
	rep, req := connected(ctx)
	send(req, "World")
	name := recv(rep)
	cancel() // the client gives up
	send(rep, "Hello, "+name+"!")
	fmt.Println(recv(req)) // but Recv still waits
	rep.Close()
	req.Close()
	// Output: Hello, World!
}

// A client gives up on a request and sends another one on the same socket.
func Example_lateReply() {
	rep, req := connected(context.Background())
	defer rep.Close()
	defer req.Close()

	send(req, "World")
	name := recv(rep)
	send(req, "Gophers") // the client gives up on "World"
	send(rep, "Hello, "+name+"!")
	fmt.Printf("sent %q, received %q\n", "Gophers", recv(req))
	// Output:
	// sent "Gophers", received "Hello, World!"
}

// An account makes each deposit once, even if it receives the request twice.
type account struct {
	balance int
	replies map[string]string // the keys are ids of requests
}

// deposit returns the new balance or, if it knows the id, the earlier reply.
func (a *account) deposit(id string, amount int) string {
	if reply, ok := a.replies[id]; ok {
		return reply
	}
	a.balance += amount
	reply := fmt.Sprintf("balance %d", a.balance)
	a.replies[id] = reply
	return reply
}

func Example_requestID() {
	a := account{replies: map[string]string{}}
	fmt.Println(a.deposit("monday", 10))
	fmt.Println(a.deposit("monday", 10)) // the client got no reply and tries again
	fmt.Println(a.deposit("tuesday", 10))
	// Output:
	// balance 10
	// balance 10
	// balance 20
}
