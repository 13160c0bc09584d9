import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Custody } from '@growr/keys'

/** Access holds one key: the one with which it speaks for users. */
export async function openAccessCustody(folder: string, passphrase: string): Promise<Custody> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const custody = await Custody.openOrCreate({ file: join(folder, 'keys.json'), group: 'access', purposes: ['call-token'], passphrase })
  await custody.ensure({ purpose: 'call-token', algorithm: 'EdDSA' })
  return custody
}
