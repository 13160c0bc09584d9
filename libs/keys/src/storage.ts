import { KeysError } from './errors.ts'
import type { SealedRecord } from './record.ts'
import type { Storage } from './types.ts'
import type { Vault } from './vault.ts'

const NAME = /^[\x21-\x7e]{1,200}$/
const VALUE_LIMIT = 64 * 1024

/** A get/set/remove/keys surface over the values of one purpose. */
export function sealedStorage(vault: Vault, purpose: string, now: () => string): Storage {
  const find = (name: string): SealedRecord | undefined =>
    vault.records().find((record) => record.kind === 'value' && record.purpose === purpose && record.id === name)
  return {
    get(name) {
      const record = find(name)
      return record === undefined ? undefined : vault.unseal(record)
    },
    set(name, value) {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
      if (!NAME.test(name) || bytes.byteLength > VALUE_LIMIT) {
        throw new KeysError('INVALID_KEY_REQUEST', `a stored value has a name of 1 to 200 printable ASCII characters and at most ${VALUE_LIMIT} bytes`)
      }
      const old = find(name)
      const record = vault.seal({ kind: 'value', purpose, id: name, version: (old?.version ?? 0) + 1, createdAt: now() }, bytes)
      vault.change([record], old === undefined ? [] : [old])
    },
    remove(name) {
      const old = find(name)
      if (old === undefined) return false
      vault.change([], [old])
      return true
    },
    keys() {
      return vault.records().filter((record) => record.kind === 'value' && record.purpose === purpose).map((record) => record.id).sort()
    },
  }
}
