package transpose

// Only the shape changes.
func wrongShapeAlone(m Matrix) Matrix {
	return Matrix{Rows: m.Cols, Cols: m.Rows, Values: m.Values}
}

// The values are in their places, but the shape is wrong.
func wrongValuesAlone(m Matrix) Matrix {
	t := solution(m)
	t.Rows, t.Cols = m.Rows, m.Cols
	return t
}

// It takes a row of the reply to be as long as a row of the request.
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
