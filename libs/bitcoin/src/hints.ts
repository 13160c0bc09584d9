import { Subscriber } from 'zeromq'

/** Calls back whenever bitcoind publishes that a block or a transaction came or went. A hint only: what is lost here, the timer finds. */
export function hintsFrom(url: string, wake: () => void): { close(): void } {
  const socket = new Subscriber({ linger: 0 })
  socket.connect(url)
  socket.subscribe('sequence')
  const read = async (): Promise<void> => {
    for await (const _message of socket) wake()
  }
  // Closed, or not to be read any more: the timer goes on.
  void read().catch(() => undefined)
  return { close: () => socket.close() }
}
