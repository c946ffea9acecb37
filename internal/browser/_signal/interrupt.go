// The build adds this file to package os/signal. Nothing can send a signal to a
// program in a web page, so the page calls interrupt().

package signal

import (
	"os"
	"syscall"
	"syscall/js"
)

func init() {
	js.Global().Set("interrupt", js.FuncOf(func(js.Value, []js.Value) any {
		handlers.Lock()
		wanted := handlers.ref[syscall.SIGINT] > 0
		handlers.Unlock()
		if !wanted {
			os.Exit(128 + int(syscall.SIGINT))
		}
		process(os.Interrupt)
		return nil
	}))
}
