package threetries

import (
	"context"
	"time"
)

// The first try takes all the time there is.
func wrongOneContext(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
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
func wrongOneTimeout(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, perTry)
	defer cancel()
	return wrongOneContext(ctx, endpoint, request, perTry)
}

// The tries do not know of the whole's deadline.
func wrongNoWhole(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
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
func wrongNoError(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	reply, _ := solution(ctx, endpoint, request, perTry)
	return reply, nil
}

// Two tries.
func wrongTwice(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
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
