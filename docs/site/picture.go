package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"zeromq-lessons/internal/wire"
)

// wireColors are the colors for what a client and a server send, as on a dark page.
var wireColors = map[wire.End]color.RGBA{wire.Client: {0x93, 0xbf, 0xf2, 255}, wire.Server: {0xe3, 0xbd, 0x7e, 255}}

// picture draws the preview of a link to the site: the first requests and replies
// of lesson 02's recording. It has the size that readers of OpenGraph expect.
func (s *site) picture() ([]byte, error) {
	lesson := s.lesson("02")
	if lesson == nil {
		return nil, nil
	}
	rows, err := s.readRecording(lesson)
	if err != nil {
		return nil, err
	}
	const width, height, left, right = 1200, 630, 260, 940
	paper, ink, soft := color.RGBA{0x15, 0x18, 0x1b, 255}, color.RGBA{0xd8, 0xdc, 0xdf, 255}, color.RGBA{0xa0, 0xa8, 0xae, 255}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	fill := func(c color.Color, x0, y0, x1, y1 int) {
		draw.Draw(picture, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	write := func(c color.Color, face font.Face, x, y int, text string) { // centered at x
		d := font.Drawer{Dst: picture, Src: image.NewUniform(c), Face: face}
		d.Dot = fixed.P(x, y).Sub(fixed.Point26_6{X: d.MeasureString(text) / 2})
		d.DrawString(text)
	}
	title, err := face(gomonobold.TTF, 48)
	if err != nil {
		return nil, err
	}
	plain, err := face(gomono.TTF, 32)
	if err != nil {
		return nil, err
	}
	fill(paper, 0, 0, width, height)
	write(ink, title, width/2, 110, "ZeroMQ lessons in Go")
	write(soft, plain, left, 190, "client (REQ)")
	write(soft, plain, right, 190, "server (REP)")
	fill(soft, left, 210, left+2, height-30)
	fill(soft, right, 210, right+2, height-30)
	y := 280
	for _, row := range rows {
		if row.Kind != "frame" || row.Name == "delimiter" || y > height-60 {
			continue
		}
		c := wireColors[row.From]
		write(c, plain, width/2, y-14, row.Text)
		fill(c, left+2, y, right, y+4)
		for i := range 14 { // the head of an arrow
			x := right - 1 - i
			if row.From == wire.Server {
				x = left + 2 + i
			}
			fill(c, x, y+2-i, x+1, y+2+i)
		}
		y += 88
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, picture)
	return b.Bytes(), err
}

func face(ttf []byte, size float64) (font.Face, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
}
