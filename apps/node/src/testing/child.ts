import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Door } from './door.ts'
import type { Host } from './people.ts'

// A node in a process of its own, as `npm start` makes one, which can be killed and started again over the same data.

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const fromSource = ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source']
/** Milliseconds after which a node that says nothing has failed. */
const PATIENCE = 60_000

export interface ChildOptions {
  /** Holds the data directory and what the node prints. */
  readonly dir: string
  readonly passphrase: string
  readonly clock: string
}

type Message = { readonly type: string; readonly url?: string; readonly code?: string; readonly message?: string }

/** A temporary node whose parent this process is. */
export class ChildNode implements Host {
  readonly door = new Door('')
  readonly data: string
  readonly #options: ChildOptions
  #child: ChildProcess | undefined

  constructor(options: ChildOptions) {
    this.#options = options
    this.data = join(options.dir, 'data')
  }

  /** Starts the process and gives it; the node is not ready yet. */
  spawn(): ChildProcess {
    const { dir, passphrase, clock } = this.#options
    const output = openSync(join(dir, 'output'), 'a', 0o600)
    this.#child = fork(main, [], {
      execArgv: fromSource,
      env: {
        ...process.env, GROWR_DATA: this.data, GROWR_PASSPHRASE: passphrase, GROWR_TEMPORARY: 'true', GROWR_CLOCK: clock,
        GROWR_API_PORT: '0', GROWR_API_RATE_PER_ADDRESS: '0', GROWR_API_RATE_PER_USER: '0',
      },
      stdio: ['ignore', output, output, 'ipc'],
    })
    return this.#child
  }

  /** Starts the node and waits until it is ready; milliseconds that it took. */
  async start(): Promise<number> {
    const from = performance.now()
    const child = this.spawn()
    const { url } = await answer(child, 'ready')
    this.door.url = url as string
    return performance.now() - from
  }

  async settle(): Promise<void> {
    const settled = answer(this.#running(), 'settled')
    this.#running().send({ type: 'settle' })
    await settled
  }

  /** As a power switch would: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    const child = this.#running()
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** In order, as its parent asks; the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#running()
    const gone = once(child, 'exit')
    child.send({ type: 'stop' })
    const [code] = (await gone) as [number | null]
    return code
  }

  /** By a signal; the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#running()
    const gone = once(child, 'exit')
    child.kill(signal)
    const [code] = (await gone) as [number | null]
    return code
  }

  get pid(): number {
    return this.#running().pid as number
  }

  #running(): ChildProcess {
    if (!this.#child) throw new Error('the node was not started')
    return this.#child
  }
}

function answer(child: ChildProcess, type: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const finish = (how: () => void): void => {
      clearTimeout(alarm)
      child.off('message', onMessage)
      child.off('exit', onExit)
      how()
    }
    const onMessage = (message: unknown): void => {
      const said = message as Message
      if (said.type === type) finish(() => resolve(said))
      if (said.type === 'failed') finish(() => reject(new Error(`${said.code ?? ''} ${said.message ?? ''}`)))
    }
    const onExit = (code: number | null, signal: string | null): void => finish(() => reject(new Error(`the node ended with ${code ?? signal} before it was ${type}`)))
    const alarm = setTimeout(() => finish(() => reject(new Error(`the node was not ${type} within ${PATIENCE / 1000} s`))), PATIENCE)
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}
