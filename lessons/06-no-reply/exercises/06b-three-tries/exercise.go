// Package threetries is exercise 06b: one deadline for all three tries.
package threetries

import (
	"context"
	"time"
)

// AskThrice asks up to three times, with askOnce, and returns the first reply.
// Each try may take as long as perTry. When ctx ends, AskThrice returns an
// error immediately and does not try again:
//
//	try 1: no reply within perTry
//	try 2: "Hello, Ada!"
//	reply: "Hello, Ada!"
func AskThrice(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	panic("TODO: call askOnce, each time with a new context")
}
