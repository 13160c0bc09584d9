import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RpcOptions } from '@growr/bitcoin'
import { NetworkError, type NetworkErrorCode } from '@growr/networks'
import type { LightningNode, NodeBalances, NodeChannel, NodeEvent, NodeInfo, NodeInvoice, NodePayment } from '../node.ts'
import type { ChildOptions, FromChild } from './main.ts'

export interface LdkOptions {
  readonly rpc: RpcOptions
  /** By bitcoind's name for it. */
  readonly chain: string
  /** The node's own folder. Never put back from a back-up: an old state of a channel loses what is in it. */
  readonly directory: string
  /** 32 bytes. It reaches the node's process through its pipe. */
  readonly seed: Uint8Array
  readonly listen: { readonly host: string; readonly port: number } | null
  readonly timeoutMs?: number
  readonly log?: (level: number, message: string) => void
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
  readonly timer: NodeJS.Timeout
}

const RESTART_MS = 1_000
const MOST_RESTART_MS = 60_000
/** LDK's level of warnings. */
const WARN = 4

/** An LDK node in a process of its own, started again where it ends by itself. */
export class LdkNode implements LightningNode {
  readonly implementation = 'ldk'
  readonly #options: LdkOptions
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<() => void>()
  #child: ChildProcess | undefined
  #next = 1
  #stopping = false
  #sending = true
  #delay = RESTART_MS

  constructor(options: LdkOptions) {
    this.#options = options
  }

  /** Of the process, while it runs: for whoever watches it. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    this.#stopping = false
    mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 })
    await this.#spawn()
  }

  async #spawn(): Promise<void> {
    const { rpc, chain, directory, seed, listen } = this.#options
    const compiled = import.meta.url.endsWith('.js')
    const child = fork(fileURLToPath(new URL(compiled ? './main.js' : './main.ts', import.meta.url)), [], {
      serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: {}, execArgv: compiled ? [] : ['--disable-warning=ExperimentalWarning', '--conditions=@growr/source'],
    })
    this.#child = child
    child.on('message', (message: FromChild) => this.#heard(message))
    child.once('error', () => undefined)
    child.once('exit', () => {
      if (this.#child !== child) return
      this.#child = undefined
      for (const { reject, timer } of this.#waiting.values()) {
        clearTimeout(timer)
        reject(new NetworkError('NETWORK_DOWN', 'the Lightning node ended: it is started again'))
      }
      this.#waiting.clear()
      if (!this.#stopping) this.#again()
    })
    const options: ChildOptions = { rpc, chain, file: join(directory, 'node.db'), seed, listen, logLevel: WARN }
    await this.#ask('start', [options], 120_000)
    await this.#ask('sending', [this.#sending])
    this.#delay = RESTART_MS
    for (const listener of this.#listeners) listener()
  }

  #again(): void {
    const delay = this.#delay
    this.#delay = Math.min(delay * 2, MOST_RESTART_MS)
    setTimeout(() => {
      if (this.#stopping || this.#child) return
      this.#spawn().catch((error: unknown) => {
        this.#options.log?.(WARN, error instanceof Error ? error.message : String(error))
        // A node that could not start, since its bitcoind is away, is tried again.
        this.#child?.kill('SIGKILL')
        if (!this.#child) this.#again()
      })
    }, delay).unref()
  }

  #heard(message: FromChild): void {
    if ('told' in message) {
      for (const listener of this.#listeners) listener()
      return
    }
    if ('log' in message) return this.#options.log?.(message.level, message.log)
    const waiting = this.#waiting.get(message.id)
    if (!waiting) return
    this.#waiting.delete(message.id)
    clearTimeout(waiting.timer)
    if ('error' in message) waiting.reject(new NetworkError(message.error.code as NetworkErrorCode, message.error.message, message.error.details))
    else waiting.resolve(message.value)
  }

  #ask<T>(method: string, args: readonly unknown[] = [], timeoutMs = this.#options.timeoutMs ?? 60_000): Promise<T> {
    const child = this.#child
    if (!child?.connected) return Promise.reject(new NetworkError('NETWORK_DOWN', 'the Lightning node does not run'))
    const id = this.#next++
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new NetworkError('NETWORK_DOWN', 'the Lightning node does not answer in time'))
      }, timeoutMs)
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, timer })
      child.send({ id, method, args }, (error) => {
        if (!error || !this.#waiting.delete(id)) return
        clearTimeout(timer)
        reject(new NetworkError('NETWORK_DOWN', 'the Lightning node does not run'))
      })
    })
  }

  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (!child) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    await this.#ask('stop').catch(() => child.kill('SIGKILL'))
    await ended
  }

  info(): Promise<NodeInfo> { return this.#ask('info') }
  createInvoice(invoice: Parameters<LightningNode['createInvoice']>[0]): Promise<NodeInvoice> { return this.#ask('createInvoice', [invoice]) }
  cancelInvoice(paymentHash: string): Promise<boolean> { return this.#ask('cancelInvoice', [paymentHash]) }
  createOffer(offer: Parameters<LightningNode['createOffer']>[0]): Promise<{ offer: string; offerId: string }> { return this.#ask('createOffer', [offer]) }
  pay(payment: Parameters<LightningNode['pay']>[0]): Promise<NodePayment> { return this.#ask('pay', [payment]) }
  payment(id: string): Promise<NodePayment | null> { return this.#ask('payment', [id]) }
  events(page: { readonly after: number; readonly limit: number }): Promise<readonly NodeEvent[]> { return this.#ask('events', [page]) }
  channels(): Promise<readonly NodeChannel[]> { return this.#ask('channels') }
  connect(peer: string, address: string): Promise<void> { return this.#ask('connect', [peer, address]) }
  openChannel(channel: Parameters<LightningNode['openChannel']>[0]): Promise<{ id: string }> { return this.#ask('openChannel', [channel]) }
  closeChannel(id: string, force: boolean): Promise<void> { return this.#ask('closeChannel', [id, force]) }
  onchainAddress(): Promise<string> { return this.#ask('onchainAddress') }
  withdraw(to: string, amountMsat: bigint, maxFeeMsat: bigint): Promise<string> { return this.#ask('withdraw', [to, amountMsat, maxFeeMsat]) }
  balances(): Promise<NodeBalances> { return this.#ask('balances') }
  sync(): Promise<void> { return this.#ask('sync') }

  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  setSending(on: boolean): void {
    this.#sending = on
    if (this.#child) void this.#ask('sending', [on]).catch(() => undefined)
  }
}
