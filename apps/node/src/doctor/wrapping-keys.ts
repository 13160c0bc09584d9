import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openWallets } from '@growr/identity'
import { lockDirectory, systemClock } from '@growr/runtime'
import { rewrapSealing } from '@growr/service'
import { OperatorError } from '../operator-error.ts'
import { openers } from '../parts.ts'

/**
 * Another key of custody wraps what lies in tables beside it: the keys of borrowers, and the data keys of the books. The former ones
 * are destroyed, so that whoever had one of them opens nothing of today's tables. Stopped half way, it is done again.
 * DATA_IN_USE, NO_DATA, WRONG_PASSPHRASE.
 */
export async function rotateWrappingKeys({ data, passphrase }: { readonly data: string; readonly passphrase: string }): Promise<{ readonly wallets: number }> {
  if (!existsSync(join(data, 'identity', 'keys.json'))) throw new OperatorError('NO_DATA', `${data} holds no node: give --data the directory of one`)
  const lock = lockDirectory(data)
  try {
    for (const group of ['financing', 'payment'] as const) {
      const keep = await openers[group](data, passphrase)
      try {
        await rewrapSealing(keep, systemClock)
      } finally {
        await keep.close()
      }
    }
    const keep = await openers.identity(data, passphrase)
    try {
      const wallets = openWallets(keep)
      try {
        wallets.rewrap()
        return { wallets: wallets.count() }
      } finally {
        wallets.close()
      }
    } finally {
      await keep.close()
    }
  } finally {
    lock.release()
  }
}
