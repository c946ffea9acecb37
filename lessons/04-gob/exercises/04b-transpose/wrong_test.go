package transpose

// Only the shape is another.
func wrongShapeAlone(m Matrix) (Matrix, error) {
	return Matrix{Rows: m.Cols, Cols: m.Rows, Values: m.Values}, nil
}

// The values are in their places, the shape is not.
func wrongValuesAlone(m Matrix) (Matrix, error) {
	t, err := solution(m)
	t.Rows, t.Cols = m.Rows, m.Cols
	return t, err
}

// A row of the reply is taken to be as long as one of the request.
func wrongRowLength(m Matrix) (Matrix, error) {
	t := Matrix{Rows: m.Cols, Cols: m.Rows, Values: make([]float64, len(m.Values))}
	for r := range m.Rows {
		for c := range m.Cols {
			t.Values[c*m.Cols+r] = m.Values[r*m.Cols+c]
		}
	}
	return t, nil
}

// It overwrites values that it still needs.
func wrongInPlace(m Matrix) (Matrix, error) {
	t := Matrix{Rows: m.Cols, Cols: m.Rows, Values: m.Values}
	for r := range m.Rows {
		for c := range m.Cols {
			t.Values[c*t.Cols+r] = m.Values[r*m.Cols+c]
		}
	}
	return t, nil
}
