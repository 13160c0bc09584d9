import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { JourneyNode, type NodeOptions } from './node.ts'

/** What one of the operator's commands said, and whether it succeeded. */
export interface Said {
  readonly ok: boolean
  readonly out: string
  readonly err: string
}

/** A data directory that was lost, where it is kept for the audit. */
export interface Lost {
  readonly data: string
  /** Its node had come to rest: what it left adds up. One that was killed may have been in the middle of something. */
  readonly atRest: boolean
}

interface Mail {
  readonly file: string
  readonly id: string
  readonly to: string
  readonly template: string
}

const COMMANDS = { backup: 'backup', restore: 'restore', doctor: 'doctor' } as const
const mainOf = (command: string): string => fileURLToPath(new URL(`../../../apps/node/src/${command}/main.ts`, import.meta.url))
/** Milliseconds for a command; of a derivation of keys each takes a good second. */
const PATIENCE = 120_000
/** As often is a port tried again that somebody else took while the node was down. */
const TRIES = 20

/** The life of a journey's node: it is stopped, killed, started, backed up by the operator's own commands, lost and restored. */
export class NodeLife {
  readonly #options: NodeOptions
  readonly #lost: Lost[] = []
  readonly #delivered = new Map<string, Mail[]>()
  #node: JourneyNode
  #up = true
  #stoppedAtRest = false
  /** Where the clock was put, and when. */
  #clock: { readonly at: number; readonly since: number }

  private constructor(options: NodeOptions, node: JourneyNode) {
    this.#options = options
    this.#node = node
    this.#clock = { at: options.start.getTime(), since: performance.now() }
  }

  static async start(options: NodeOptions): Promise<NodeLife> {
    return new NodeLife(options, await JourneyNode.start(options))
  }

  /** The same for its whole life. */
  get url(): string {
    return this.#node.url
  }

  get isUp(): boolean {
    return this.#up
  }

  /** The data directories that were lost, the oldest first. */
  get lost(): readonly Lost[] {
    return this.#lost
  }

  /** Time passes for a node that is down, too: it finds out when it starts. */
  async moveClock(to: Date): Promise<void> {
    if (this.#up) await this.#node.moveClock(to)
    this.#clock = { at: to.getTime(), since: performance.now() }
  }

  async settle(): Promise<void> {
    if (!this.#up) throw new Error('the node does not run any more: start it')
    await this.#node.settle()
  }

  /** In order: what was begun is finished. */
  async stop(): Promise<void> {
    if (!this.#up) return
    await this.#node.settle().catch(() => undefined)
    await this.end()
    this.#stoppedAtRest = true
  }

  /** At the end of the journey, whatever became of it. */
  async end(): Promise<void> {
    await this.#node.stop()
    this.#up = false
  }

  /** As a power cut would: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    await this.#node.kill()
    this.#up = false
    this.#stoppedAtRest = false
  }

  /** Starts it again, at the same address; its clock has gone on meanwhile. */
  async begin(): Promise<void> {
    const env = { ...this.#options.env, GROWR_API_PORT: new URL(this.url).port }
    const start = new Date(this.#clock.at + Math.round(performance.now() - this.#clock.since))
    this.#node = await again(() => JourneyNode.start({ ...this.#options, env, start }))
    this.#up = true
  }

  /** Takes the data directory away, but for its marks where `marks` says so. */
  async lose(marks: boolean): Promise<void> {
    if (this.#up) await this.kill()
    const { data } = this.#options
    const to = `${data}-lost-${this.#lost.length + 1}`
    await this.#noteMail()
    await rename(data, to)
    // A killed node leaves its socket behind, which is nothing that could be copied.
    await rm(join(to, 'control'), { force: true })
    await mkdir(data, { mode: 0o700 })
    if (marks) await cp(join(to, 'marks'), join(data, 'marks'), { recursive: true })
    this.#lost.push({ data: to, atRest: this.#stoppedAtRest })
  }

  /** Where a back-up of that name lies. */
  backup(name: string): string {
    return join(`${this.#options.data}-backups`, `${name}.growr`)
  }

  /** One of the operator's commands, as it is typed, against this node's data directory. */
  command(command: keyof typeof COMMANDS, args: readonly string[]): Promise<Said> {
    const env = { ...process.env, ...this.#options.env, GROWR_DATA: this.#options.data, GROWR_PASSPHRASE: this.#options.passphrase, GROWR_TEMPORARY: 'true' }
    const flags = ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source']
    return new Promise((resolve) => {
      execFile(process.execPath, [...flags, mainOf(command), ...args], { env, timeout: PATIENCE, maxBuffer: 16 * 1024 * 1024 }, (error, out, err) => resolve({ ok: error === null, out, err }))
    })
  }

  /** All messages that ever arrived, over every life of the node: how many, and which of them more than once. */
  async messages(): Promise<{ count: number; twice: string[]; templates: Record<string, number> }> {
    await this.#noteMail()
    const all = [...this.#delivered.values()]
    const templates: Record<string, number> = {}
    for (const mails of all) for (const { template } of mails) templates[template] = (templates[template] ?? 0) + 1
    return { count: all.length, twice: all.filter(({ length }) => length > 1).map(([mail]) => mail?.template ?? ''), templates }
  }

  /** A message that a back-up brought back lies there under its old name: it was delivered once. */
  async #noteMail(): Promise<void> {
    const folder = join(this.#options.data, 'mailbox')
    for (const file of (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'))) {
      const mail = { ...(JSON.parse(await readFile(join(folder, file), 'utf8')) as Omit<Mail, 'file'>), file }
      const known = this.#delivered.get(mail.id) ?? []
      if (known.some((other) => other.file === file)) continue
      this.#delivered.set(mail.id, [...known, mail])
    }
  }
}

async function again(start: () => Promise<JourneyNode>): Promise<JourneyNode> {
  for (let tries = 1; ; tries++) {
    try {
      return await start()
    } catch (error) {
      if (tries >= TRIES || !/PORT_IN_USE|EADDRINUSE/.test((error as Error).message)) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
