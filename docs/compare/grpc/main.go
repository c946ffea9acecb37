// Grpc compares a unary call of gRPC, with a message that contains bytes.
package main

import (
	"context"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"zeromq-lessons/docs/compare/peer"
)

// echo is what protoc would generate for
//
//	service Echo { rpc Echo(google.protobuf.BytesValue) returns (google.protobuf.BytesValue); }
var echo = grpc.ServiceDesc{
	ServiceName: "Echo",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Echo",
		Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			in := new(wrapperspb.BytesValue)
			return in, decode(in)
		},
	}},
}

func main() { peer.Main(serve, dial) }

func serve() (addr string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(peer.MaxSize))
	server.RegisterService(&echo, struct{}{})
	go server.Serve(l)
	return l.Addr().String(), nil
}

func dial(addr string, size int) (peer.Trip, error) {
	conn, err := grpc.NewClient(addr,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(peer.MaxSize)))
	request := wrapperspb.Bytes(make([]byte, size))
	return func() error {
		reply := new(wrapperspb.BytesValue)
		if err := conn.Invoke(context.Background(), "/Echo/Echo", request, reply); err != nil {
			return err
		}
		return peer.Same(len(reply.Value), size)
	}, err
}
