package transpose

// The reply has as many rows as the request has columns.
//
// Go through all rows r and columns c of the request. In the reply, that value
// is in row c and column r, and a row of the reply has m.Rows values.
func solution(m Matrix) Matrix {
	t := Matrix{Rows: m.Cols, Cols: m.Rows, Values: make([]float64, len(m.Values))}
	for r := range m.Rows {
		for c := range m.Cols {
			t.Values[c*t.Cols+r] = m.Values[r*m.Cols+c]
		}
	}
	return t
}
