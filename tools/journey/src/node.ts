import { type ChildProcess, fork } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a node started for a journey says to its parent, and the other way. */
export type ToNode = { readonly type: 'clock'; readonly to: string } | { readonly type: 'settle' } | { readonly type: 'stop' }
export type FromNode =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'clock'; readonly at: string }
  | { readonly type: 'settled' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }

export interface NodeOptions {
  readonly data: string
  readonly passphrase: string
  readonly start: Date
  readonly env?: Readonly<Record<string, string>>
}

const main = fileURLToPath(new URL('../../../apps/node/src/main.ts', import.meta.url))
const PATIENCE = 60_000

/** A node of the journey's own: its own process, data directory, pass phrase, and a clock that can be moved. */
export class JourneyNode {
  readonly url: string
  readonly data: string
  readonly log: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string, data: string, log: string) {
    this.#child = child
    this.url = url
    this.data = data
    this.log = log
  }

  static async start(options: NodeOptions): Promise<JourneyNode> {
    // The node's own log lies in its data; what it prints besides, which should be nothing, lies next to it.
    const log = join(options.data, 'output.log')
    const child = fork(main, [], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source', ...process.execArgv.filter((arg) => arg.startsWith('--import='))],
      env: { ...process.env, GROWR_DATA: options.data, GROWR_PASSPHRASE: options.passphrase, GROWR_API_PORT: '0', GROWR_API_RATE_PER_ADDRESS: '0', GROWR_API_RATE_PER_USER: '0', GROWR_TEMPORARY: 'true', GROWR_CLOCK: options.start.toISOString(), GROWR_LOG_LEVEL: 'debug', GROWR_API_LIVE_HEARTBEAT_SECONDS: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const out = createWriteStream(log, { flags: 'a', mode: 0o600 })
    child.stdout?.pipe(out, { end: false })
    child.stderr?.pipe(out, { end: false })
    const ready = await answer(child, 'ready', log)
    return new JourneyNode(child, ready.url, options.data, log)
  }

  /** Moves the node's clock; answers when every day that has passed is closed. */
  async moveClock(to: Date): Promise<void> {
    await this.#ask({ type: 'clock', to: to.toISOString() }, 'clock')
  }

  /** Answers when no follower has anything left to do. */
  async settle(): Promise<void> {
    await this.#ask({ type: 'settle' }, 'settled')
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    const late = setTimeout(() => void this.kill(), PATIENCE)
    if (this.#child.connected) this.#child.send({ type: 'stop' } satisfies ToNode)
    else void this.kill()
    await gone
    clearTimeout(late)
  }

  /** At once, with nothing finished. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }

  async #ask<T extends FromNode['type']>(message: ToNode, type: T): Promise<Extract<FromNode, { type: T }>> {
    const answered = answer(this.#child, type, this.log)
    this.#child.send(message)
    return answered
  }
}

function answer<T extends FromNode['type']>(child: ChildProcess, type: T, log: string): Promise<Extract<FromNode, { type: T }>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error(`the node did not answer "${type}" within ${PATIENCE / 1000} s; its log: ${log}`))), PATIENCE)
    const onMessage = (message: FromNode): void => {
      if (message.type === type) finish(() => resolve(message as Extract<FromNode, { type: T }>))
      if (message.type === 'failed') finish(() => reject(new Error(`${message.code}: ${message.message}; its log: ${log}`)))
    }
    const onExit = (code: number | null): void => finish(() => reject(new Error(`the node ended (${code ?? 'killed'}); its log: ${log}`)))
    const finish = (how: () => void): void => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
      how()
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}
