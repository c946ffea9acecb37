// Flood prints lines as fast as it can, and never ends. With -quiet it never
// ends, and says nothing.
package main

import (
	"flag"
	"fmt"
)

func main() {
	quiet := flag.Bool("quiet", false, "print one line")
	flag.Parse()
	for i := 1; ; i++ {
		if !*quiet || i == 1 {
			fmt.Println("line", i)
		}
	}
}
