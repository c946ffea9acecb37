package threetries

import (
	"context"
	"time"
)

// Its first try can use up all the time.
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

// Its three tries share one perTry.
func wrongOneTimeout(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, perTry)
	defer cancel()
	return wrongOneContext(ctx, endpoint, request, perTry)
}

// Its tries ignore the deadline of ctx.
func wrongNoDeadline(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
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

// It returns neither a reply nor an error.
func wrongNoError(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	reply, _ := solution(ctx, endpoint, request, perTry)
	return reply, nil
}

// It tries only twice.
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

// It pauses even if the context has ended.
func wrongSleep(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	for range 2 {
		tryCtx, cancel := context.WithTimeout(ctx, perTry)
		reply, err := askOnce(tryCtx, endpoint, request)
		cancel()
		if err == nil {
			return reply, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	tryCtx, cancel := context.WithTimeout(ctx, perTry)
	defer cancel()
	return askOnce(tryCtx, endpoint, request)
}

// It does not notice if the context ends while it sleeps.
func wrongChecksFirst(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	var last error
	for range 3 {
		reply, err := solutionOnce(ctx, endpoint, request, perTry)
		if err == nil {
			return reply, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		last = err
		time.Sleep(perTry)
	}
	return "", last
}

func solutionOnce(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	tryCtx, cancel := context.WithTimeout(ctx, perTry)
	defer cancel()
	return askOnce(tryCtx, endpoint, request)
}

// This one is right: it pauses between tries, but notices when the context ends.
func rightPauses(ctx context.Context, endpoint, request string, perTry time.Duration) (string, error) {
	var last error
	for range 3 {
		reply, err := solutionOnce(ctx, endpoint, request, perTry)
		if err == nil {
			return reply, nil
		}
		last = err
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(perTry):
		}
	}
	return "", last
}
