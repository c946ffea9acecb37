package exercise

import (
	"fmt"
	"log"
	"os"
	"sync"
	"time"
)

// attempts contains attempts that could occur in any exercise. They are in this
// file because messages name only lines of exercise.go, solution_test.go and
// wrong_test.go.
var attempts = map[string]func(){
	"right":         func() {},
	"takes time":    func() { time.Sleep(3 * quiet) },
	"prints":        func() { fmt.Println("to standard output"); log.Print("to standard error") },
	"prints, dies":  func() { fmt.Println("about to fail"); panic("oh no") },
	"exits":         func() { os.Exit(0) },
	"log.Fatal":     func() { log.Fatal("cannot go on") },
	"empty loop":    emptyLoop,
	"busy loop":     busyLoop,
	"deadlock":      deadlock,
	"goroutine":     func() { go func() { noMap["a"]++ }(); select {} },
	"waits forever": func() { <-make(chan int) },
	"in background": func() { go func() { select {} }() },
}

var noMap map[string]int

func emptyLoop() {
	//lint:ignore SA5002 it is there to spin
	for {
	}
}

func busyLoop() {
	n := 0
	for {
		n++
		if n == 0 {
			fmt.Println("never")
		}
	}
}

func deadlock() {
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
}
