// The editor of a page: CodeMirror with Go, and no more than a lesson needs. The
// site ships it as assets/codemirror.js, which TestShipped makes with esbuild.
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { go } from '@codemirror/legacy-modes/mode/go'
import { setDiagnostics } from '@codemirror/lint'
import { diff, unifiedMergeView } from '@codemirror/merge'
import { tags } from '@lezer/highlight'

const colors = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--keyword)' },
  { tag: tags.comment, color: 'var(--soft)' },
  { tag: [tags.string, tags.character, tags.number, tags.atom, tags.bool], color: 'var(--value)' }
])

const look = EditorView.theme({
  '&': { border: '1px solid var(--edge)', borderRadius: '6px', background: 'var(--paper)', color: 'var(--ink)', fontSize: '.8125rem', maxHeight: 'min(28rem, 50vh)' },
  '&.cm-focused': { outline: '2px solid var(--accent)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: 1.5, overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-gutters': { border: 0, background: 'var(--code)', color: 'var(--soft)' },
  '.cm-activeLine': { background: 'none' },
  '.cm-tooltip': { border: '1px solid var(--edge)', background: 'var(--paper)', color: 'var(--ink)' },
  '.cm-lintRange-error': { background: 'none', textDecoration: 'underline wavy light-dark(#a3261c, #f2a19a)' },
  '&.cm-merge-b .cm-changedLine': { background: 'light-dark(#e6f4e6, #1d3323)' },
  '&.cm-merge-b .cm-changedText': { background: 'light-dark(#c9e8cb, #234029)' },
  '&.cm-merge-b .cm-deletedChunk': { background: 'light-dark(#fbe9e7, #3d2220)', color: 'var(--ink)' },
  '&.cm-merge-b .cm-deletedChunk .cm-deletedText': { background: 'light-dark(#f7d6d1, #5e2c28)' }
})

// code puts an editor into a shadow root, because a page's policy forbids style
// elements elsewhere. change is called after each change, and run by Ctrl-Enter.
export function code (root, text, { label, change, run, compare }) {
  const comparing = new Compartment()
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), indentOnInput(), bracketMatching(), highlightActiveLine(), StreamLanguage.define(go), syntaxHighlighting(colors),
        indentUnit.of('\t'), EditorState.tabSize.of(4), comparing.of([]), look,
        keymap.of([
          { key: 'Mod-Enter', run: () => { run(); return true } },
          { key: 'F8', run: () => { compare(); return true } },
          indentWithTab, ...defaultKeymap, ...historyKeymap]), // Escape, then Tab, leaves the editor
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocapitalize: 'off' }),
        EditorView.updateListener.of((update) => { if (update.docChanged) change() })
      ]
    })
  })
  return {
    focus: () => view.focus(),
    text: () => view.state.doc.toString(),
    set (text) {
      const changes = diff(view.state.doc.toString(), text)
      view.dispatch({ changes: changes.map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: text.slice(fromB, toB) })) })
    },
    // mark underlines errors: lines, from 1, columns, from 0, and messages.
    mark (errors) {
      view.dispatch(setDiagnostics(view.state, errors.filter(({ line }) => line <= view.state.doc.lines).map(({ line, column, message }) => {
        const at = view.state.doc.line(line)
        const from = Math.min(at.from + column, at.to)
        return { from, to: view.state.wordAt(from)?.to ?? at.to, severity: 'error', message }
      })))
    },
    // compare shows what differs from an original, beginning with the first change, or
    // hides it.
    compare (original) {
      const [first] = original === undefined ? [] : diff(original, view.state.doc.toString())
      view.dispatch({ effects: comparing.reconfigure(original === undefined ? [] : unifiedMergeView({ original, mergeControls: false, gutter: false })) })
      if (first) view.dispatch({ effects: EditorView.scrollIntoView(first.fromB, { y: 'center' }) })
    }
  }
}
