package threetries

import (
	"context"
	"time"
)

// The first try takes all the time there is.
func oneContext(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	var last error
	for range 3 {
		reply, err := askOnce(ctx, endpoint, request)
		if err == nil {
			return reply, nil
		}
		last = err
	}
	return "", last
}

// All three tries share one perTry.
func oneTimeout(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, perTry)
	defer cancel()
	return oneContext(ctx, endpoint, request, perTry)
}

// The tries do not know of the whole's deadline.
func noWhole(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	var last error
	for range 3 {
		tryCtx, cancel := context.WithTimeout(context.Background(), perTry)
		reply, err := askOnce(tryCtx, endpoint, request)
		cancel()
		if err == nil {
			return reply, nil
		}
		last = err
	}
	return "", last
}

// No reply, and no error.
func noError(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	reply, _ := solution(ctx, endpoint, request, perTry)
	return reply, nil
}

// Two tries.
func twice(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	var last error
	for try := 1; try < 3; try++ {
		tryCtx, cancel := context.WithTimeout(ctx, perTry)
		reply, err := askOnce(tryCtx, endpoint, request)
		cancel()
		if err == nil {
			return reply, nil
		}
		last = err
	}
	return "", last
}
