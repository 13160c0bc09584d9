import { connect, createServer, type Server, type Socket } from 'node:net'
import { NetworkError } from '@growr/networks'
import * as L from 'lightningdevkit'
import { hex, unhex } from './wallet.ts'

const CONNECT_MS = 15_000
const ATTEMPTS = 4

/** Sockets of peers. What LDK has for them waits until `flush`, which is called when the disk has what it rests on. */
export class Peers {
  readonly #manager: L.PeerManager
  readonly #after: () => void
  #server: Server | undefined
  #next = 1n
  #waiting: [Socket, Uint8Array][] = []
  readonly #sockets = new Set<Socket>()

  /** `after` is called when something came from a peer. */
  constructor(manager: L.PeerManager, after: () => void) {
    this.#manager = manager
    this.#after = after
  }

  connected(): string[] {
    return this.#manager.list_peers().map((peer) => hex(peer.get_counterparty_node_id()))
  }

  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const [socket, data] of waiting) if (!socket.destroyed) socket.write(data)
  }

  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        const descriptor = this.#wire(socket)
        if (!this.#manager.new_inbound_connection(descriptor, L.Option_SocketAddressZ.constructor_none()).is_ok()) socket.destroy()
      })
      server.once('error', reject)
      server.listen(port, host, () => {
        this.#server = server
        resolve((server.address() as { port: number }).port)
      })
    })
  }

  /** Resolves when both sides have said hello, whoever of them called. NETWORK_DOWN. */
  async dial(peer: string, address: string): Promise<void> {
    // Two that call each other in the same moment close one of the two lines, and sometimes both.
    for (let attempt = 1; !this.connected().includes(peer); attempt++) {
      try {
        await this.#dialOnce(peer, address)
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await new Promise((resolve) => { setTimeout(resolve, 100 * attempt) })
      }
    }
  }

  async #dialOnce(peer: string, address: string): Promise<void> {
    const at = address.lastIndexOf(':')
    const socket = connect(Number(address.slice(at + 1)), address.slice(0, at))
    await new Promise<void>((resolve, reject) => {
      const failed = (): void => reject(new NetworkError('NETWORK_DOWN', 'the peer cannot be reached at this address'))
      socket.once('error', failed)
      socket.once('close', failed)
      socket.setTimeout(CONNECT_MS, () => socket.destroy())
      socket.once('connect', () => {
        socket.setTimeout(0)
        const descriptor = this.#wire(socket)
        const first = this.#manager.new_outbound_connection(unhex(peer), descriptor, L.Option_SocketAddressZ.constructor_none()) as unknown as { is_ok(): boolean; res: Uint8Array }
        if (!first.is_ok()) return socket.destroy()
        socket.write(Uint8Array.from(first.res))
        const until = Date.now() + CONNECT_MS
        const look = (): void => {
          if (this.connected().includes(peer)) return resolve()
          if (Date.now() > until) return failed()
          setTimeout(look, 20)
        }
        look()
      })
    })
  }

  #wire(socket: Socket): L.SocketDescriptor {
    const manager = this.#manager
    const id = this.#next++
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    const descriptor = L.SocketDescriptor.new_impl({
      send_data: (data: Uint8Array, resume: boolean) => {
        if (resume) socket.resume()
        if (socket.destroyed || socket.writableNeedDrain) return 0
        // LDK's memory is its own: what it hands over is copied.
        this.#waiting.push([socket, Uint8Array.from(data)])
        return data.length
      },
      disconnect_socket: () => void socket.destroy(),
      eq: (other: L.SocketDescriptor) => other.hash() === id,
      hash: () => id,
    })
    let gone = false
    socket.on('data', (data: Buffer) => {
      const read = manager.read_event(descriptor, new Uint8Array(data)) as unknown as { is_ok(): boolean; res: boolean }
      if (!read.is_ok()) socket.destroy()
      else if (read.res) socket.pause()
      this.#after()
    })
    socket.on('drain', () => {
      if (!manager.write_buffer_space_avail(descriptor).is_ok()) socket.destroy()
    })
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (gone) return
      gone = true
      manager.socket_disconnected(descriptor)
      this.#after()
    })
    socket.on('error', () => undefined)
    return descriptor
  }

  close(): void {
    this.#server?.close()
    this.#manager.disconnect_all_peers()
    for (const socket of this.#sockets) socket.destroy()
  }
}
