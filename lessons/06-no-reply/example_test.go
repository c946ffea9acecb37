package noreply_test

import (
	"context"
	"fmt"
	"log"
	"runtime"

	"github.com/go-zeromq/zmq4"
)

// connected returns a REP socket and a REQ socket with this context that are
// connected to each other.
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

// What recv(zmq.NOBLOCK) and zmq.Again are in Go.
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
	cancel() // the client does not want to wait any longer
	send(rep, "Hello, "+name+"!")
	fmt.Println(recv(req)) // but Recv waits
	rep.Close()
	req.Close()
	// Output: Hello, World!
}

// A client gives up on a request, and asks something else on the same socket.
func Example_lateReply() {
	rep, req := connected(context.Background())
	defer rep.Close()
	defer req.Close()

	send(req, "World")
	name := recv(rep)
	send(req, "Gophers") // the client does not wait any longer
	send(rep, "Hello, "+name+"!")
	fmt.Printf("sent %q, received %q\n", "Gophers", recv(req))
	// Output:
	// sent "Gophers", received "Hello, World!"
}

// An account may be asked twice to make the same deposit.
type account struct {
	balance int
	replies map[string]string // by the id of the request
}

// deposit makes a deposit once, however often the request comes.
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
	fmt.Println(a.deposit("monday", 10)) // asked again: no reply had come
	fmt.Println(a.deposit("tuesday", 10))
	// Output:
	// balance 10
	// balance 10
	// balance 20
}
