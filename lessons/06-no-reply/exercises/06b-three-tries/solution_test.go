package threetries

import (
	"context"
	"time"
)

// context.WithTimeout(ctx, perTry) returns a context that ends after perTry, or
// with ctx if that is sooner. Call its cancel function when the try is over.
//
// After a try without a reply, ctx.Err() shows whether there is time for another
// one.
func solution(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	var last error
	for range 3 {
		tryCtx, cancel := context.WithTimeout(ctx, perTry)
		reply, err := askOnce(tryCtx, endpoint, request)
		cancel()
		if err == nil {
			return reply, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		last = err
	}
	return "", last
}
