// The build adds this file to package net, and makes Dialer.DialContext and
// ListenConfig.Listen call these functions first. So whatever a program dials or
// listens on, the other end is the page.

package net

import (
	"context"
	_ "unsafe" // for go:linkname
)

//go:linkname pageDial
var pageDial func(ctx context.Context, network, address string) (Conn, error)

//go:linkname pageListen
var pageListen func(ctx context.Context, network, address string) (Listener, error)
