// zmq4 has this module capitalise the names of a connection's properties, such
// as Socket-Type. The real one knows how to do that in every language, which
// makes the download a tenth larger. The names are ASCII.
module golang.org/x/text

go 1.25
