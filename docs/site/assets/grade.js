// Grades an exercise on a page.

const patience = 60000 // ms without a message, after which a grader is stuck
const running = new Set() // functions that stop a grader

// What go test adds, and lessons/exercises.go removes, too.
const addition = /^(PASS|FAIL|exit status \d+|ok {2}\t.*|FAIL\t.*| *--- FAIL: .*)\n/gm

// run runs an exercise's test in a worker. If it is stuck, its status is stopped.
function run (message) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('grader.js', import.meta.url), { type: 'module' })
    const output = []
    let timer
    const end = (settle, result) => {
      clearTimeout(timer)
      worker.terminate()
      running.delete(fail)
      settle(result)
    }
    const exit = (status, files = {}) => end(resolve, { status, files, output: new Blob(output) })
    const fail = (why) => end(reject, new Error(why))
    running.add(fail)
    const watch = () => {
      clearTimeout(timer)
      timer = setTimeout(() => exit('stopped'), patience)
    }
    worker.onmessage = ({ data }) => {
      watch()
      if (data.output) output.push(data.output)
      if (data.files) exit(data.status, data.files)
    }
    worker.onerror = (event) => {
      event.preventDefault()
      fail(event.message ?? 'grader.js did not load')
    }
    worker.postMessage(message)
    watch()
  })
}

// stop stops all graders.
export function stop () {
  for (const fail of running) fail('the editor was closed')
}

// grade returns what go run ./lessons exercises prints. The module is the test,
// compiled from the texts of the exercise's files. It tries the reader's attempt, or
// another one that the test knows.
export async function grade (module, path, texts, attempt = 'yours') {
  const folder = '/' + path
  const EXERCISE_DIR = '/attempt'
  const tried = await run({ module, args: ['-test.run=^TestExercise$'], env: { EXERCISE_ATTEMPT: attempt, EXERCISE_DIR }, folder, given: {} })
  const given = { ...tried.files, [EXERCISE_DIR + '/output']: new Uint8Array(await tried.output.arrayBuffer()) }
  for (const [name, text] of Object.entries(texts)) given[`${folder}/${name}`] = new TextEncoder().encode(text)
  const graded = await run({ module, args: ['-test.run=^TestExercise$/^yours$'], env: { EXERCISE_DIR, EXERCISE_STATUS: String(tried.status) }, folder, given })
  return (await graded.output.text()).replace(addition, '')
}
