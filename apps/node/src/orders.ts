import { takeBackup, type BackupDone } from './backup/backup.ts'
import { toReconcile } from './restore/reconcile.ts'
import { failingWebhooks } from './doctor/webhooks.ts'
import { OperatorError } from './operator-error.ts'
import type { Orders } from './control-socket.ts'
import type { Fate, Sending } from './restore/sending.ts'
import type { Parts } from './parts.ts'
import type { Messenger } from '@growr/messaging'
import type { Health } from '@growr/runtime'

export interface Running {
  readonly parts: Parts
  readonly passphrase: string
  readonly sending: Sending
  readonly messenger: Pick<Messenger, 'send'>
  readonly health: Health
  readonly url: string
  /** Has whoever waits to send or to be called try now. */
  readonly settle: () => Promise<void>
  readonly log: (fields: object, message: string) => void
}

const text = (value: unknown): string | undefined => typeof value === 'string' && value !== '' ? value : undefined

/** What the operator's commands ask of a node that runs. */
export function ordersOf({ parts, passphrase, sending, messenger, health, url, settle, log }: Running): Orders {
  return {
    backup: async (params, progress) => {
      const to = text(params['to'])
      if (to === undefined) throw new OperatorError('ARGUMENTS', 'a back-up needs a file to go to')
      const done: BackupDone = await takeBackup(parts, { to, passphrase: text(params['passphrase']) ?? passphrase, progress })
      const { file: _file, ...figures } = done
      log(figures, 'a back-up was taken')
      return done
    },
    look: async () => {
      const { checks } = await health.report()
      const waiting = []
      for (const { name, collections } of parts.groups) for (const each of await collections?.waiting() ?? []) waiting.push({ group: name, ...each })
      const followers = parts.groups.flatMap(({ name, store }) => (store?.health().followers ?? []).map(({ name: follower, seq, attempts }) => ({ group: name, follower, seq, attempts })))
      const failing = await failingWebhooks(parts)
      const views = parts.groups.flatMap(({ store }) => store?.views() ?? [])
      return { pid: process.pid, url, now: new Date().toISOString(), checks, waiting, followers, views, failing, sending: sending.on() }
    },
    reconciliation: async () => {
      if (sending.note === null) throw new OperatorError('NOT_RESTORED', 'this node was never restored: there is nothing to reconcile')
      return toReconcile(parts, sending.note, sending.held())
    },
    reconcile: async (params) => {
      const fate: Fate = params['messages'] === 'send' ? 'send' : 'drop'
      const note = await sending.reconcile(fate, new Date())
      log({ messages: fate }, 'sending is on again')
      const sent = await sending.release(messenger)
      // What came of new work while nothing was sent has been put off longer and longer: it goes out now, not at its next turn.
      void settle().catch((error: unknown) => log({ error }, 'what waits to be sent is tried again at its next turn'))
      return { ...note, sent }
    },
  }
}
