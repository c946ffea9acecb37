package transpose

// It changes only the shape.
func wrongOnlyShape(m Matrix) Matrix {
	return Matrix{Rows: m.Cols, Cols: m.Rows, Values: m.Values}
}

// It moves the values but does not change the shape.
func wrongOnlyValues(m Matrix) Matrix {
	t := solution(m)
	t.Rows, t.Cols = m.Rows, m.Cols
	return t
}

// It assumes that a row of the reply is as long as a row of the request.
func wrongRowLength(m Matrix) Matrix {
	t := Matrix{Rows: m.Cols, Cols: m.Rows, Values: make([]float64, len(m.Values))}
	for r := range m.Rows {
		for c := range m.Cols {
			t.Values[c*m.Cols+r] = m.Values[r*m.Cols+c]
		}
	}
	return t
}

// It overwrites values that it still needs.
func wrongInPlace(m Matrix) Matrix {
	t := Matrix{Rows: m.Cols, Cols: m.Rows, Values: m.Values}
	for r := range m.Rows {
		for c := range m.Cols {
			t.Values[c*t.Cols+r] = m.Values[r*m.Cols+c]
		}
	}
	return t
}
