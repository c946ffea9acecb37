// An exercise on a page: its stub in the editor, its hints, and what its test says.
/* global element */
import { button } from './wire.js'
import { build, page } from './compiler.js'
import { Editor } from './edit.js'
import { grade, stop } from './grade.js'
import { style } from './run.js'
import exercises from './exercises.js'

// The main program, like the one that go test generates for a package.
const main = `package main

import (
	exercise "exercise"
	"regexp"
	"testing"
)

func main() {
	testing.Main(regexp.MatchString, []testing.InternalTest{{"TestExercise", exercise.TestExercise}}, nil, nil)
}
`

const blind = 'This page grades with the same test as your computer, but on one thread, so it cannot detect that two goroutines use a variable at the same time. It does not run go vet either. On your computer, run '

// compile builds an exercise's test. Errors are in the words of go test, which runs
// in the exercise's folder.
export async function compile (folder, texts, options) {
  const [, name] = texts['exercise_test.go'].match(/^package (\w+)/m)
  const { module, errors } = await build(folder, texts, { ...options, added: { 'zz_page.go': page(name) }, group: 'grading', main })
  const path = `zeromq-lessons/${folder}`
  return { module, errors: errors?.replace(`# ${path}\n`, `# ${path} [${path}.test]\n`).replaceAll(`${folder}/`, './') }
}

// textsOf returns the texts of an exercise's files, by their names.
export const textsOf = (folder) => Object.fromEntries(Object.entries(exercises[folder].files).map(([name, { text }]) => [name, text]))

let shown

// open shows an exercise below the table that lists it, and closes the one before.
// done is called when the test finds the reader's answer right.
export async function open (folder, table, start, done) {
  await style()
  const before = shown
  shown = new Exercise(folder, done, () => {
    stop()
    start.focus()
  })
  before?.close()
  table.after(shown.root)
  await shown.open()
}

class Exercise extends Editor {
  hintsShown = 0

  constructor (folder, done, closed) {
    const name = folder.split('/').pop()
    const { files, hints } = exercises[folder]
    super(folder, { name: `Edit ${name}`, files: { 'exercise.go': files['exercise.go'] }, run: 'Grade' }, closed)
    Object.assign(this, { hints, done })
    this.root.classList.add('exercise', 'shown')
    this.words = element('pre', { class: 'words', tabindex: 0, role: 'log', 'aria-label': 'What the test says' })
    this.hint = button('', () => this.showHint())
    this.list = element('div', { role: 'log', 'aria-label': 'Hints' })
    this.errors.after(this.words, element('p', { class: 'title' }, this.hint), this.list,
      element('p', { class: 'about' }, blind, element('code', {}, `go run ./lessons exercises ${name.split('-')[0]}`), '.'))
    this.nameHint()
  }

  showHint () {
    const n = ++this.hintsShown
    const hint = element('pre', { class: 'words', tabindex: 0 }, `Hint ${n} of ${this.hints.length}: ${this.hints[n - 1]}`)
    this.list.append(hint)
    this.nameHint()
    if (this.hint.hidden) hint.focus() // instead of the button
  }

  // nameHint says what the button shows next. The last hint is the solution.
  nameHint () {
    const n = this.hintsShown + 1
    this.hint.hidden = n > this.hints.length
    this.hint.textContent = n < this.hints.length ? `Hint ${n} of ${this.hints.length}` : 'Solution'
  }

  // texts returns the texts of all files, including the reader's answer.
  get texts () { return { ...textsOf(this.folder), ...this.text } }

  compile (options) { return compile(this.folder, this.texts, options) }

  // run grades the reader's answer, or another attempt that the test knows.
  async run (attempt) {
    if (this.grading) return
    this.grading = true
    this.words.textContent = ''
    try {
      this.status.textContent = 'building'
      const { module } = await this.build()
      this.status.textContent = 'grading'
      if (module && this.root.isConnected) this.words.textContent = await grade(module, this.folder, this.texts, attempt)
      if (/^Right\. /m.test(this.words.textContent)) this.done()
    } catch ({ message }) {
      this.words.textContent = `It cannot be graded here: ${message}.`
    }
    this.grading = false
    this.edited()
  }
}
