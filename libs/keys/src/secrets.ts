import sodium from 'sodium-native'
import { newKey, wipe } from './aead.ts'
import { SymmetricSecret } from './secret.ts'
import type { Vault } from './vault.ts'

const nameOf = (...parts: (string | number)[]): string => JSON.stringify(parts)

/** The symmetric secrets of a vault with their versions; roots are unsealed at their first use and kept in guarded memory. */
export class Secrets {
  readonly #vault: Vault
  readonly #now: () => string
  readonly #held = new Map<string, SymmetricSecret>()
  readonly #roots = new Map<string, Buffer>()
  #newest: { serial: number; versions: Map<string, number> } | undefined

  constructor(vault: Vault, now: () => string) {
    this.#vault = vault
    this.#now = now
  }

  /** Makes the first version where there is none. */
  get(purpose: string, id: string): SymmetricSecret {
    const known = this.#held.get(nameOf(purpose, id))
    if (known !== undefined) return known
    if (this.#newestVersion(purpose, id) === 0) this.#addVersion(purpose, id, 1)
    const secret = new SymmetricSecret(this.#vault.group, purpose, id, {
      newest: () => this.#newestVersion(purpose, id),
      root: (version) => this.#root(purpose, id, version),
    })
    this.#held.set(nameOf(purpose, id), secret)
    return secret
  }

  rotate(purpose: string, id: string): number {
    this.get(purpose, id)
    const version = this.#newestVersion(purpose, id) + 1
    this.#addVersion(purpose, id, version)
    return version
  }

  destroyOld(purpose: string, id: string): void {
    const newest = this.#newestVersion(purpose, id)
    const old = this.#vault.records().filter((record) => record.kind === 'secret' && record.purpose === purpose && record.id === id && record.version < newest)
    if (old.length === 0) return
    this.#vault.change([], old)
    for (const { version } of old) {
      const name = nameOf(purpose, id, version)
      const root = this.#roots.get(name)
      if (root !== undefined) wipe(root)
      this.#roots.delete(name)
    }
    this.#held.get(nameOf(purpose, id))?.forget()
  }

  close(): void {
    for (const secret of this.#held.values()) secret.forget()
    for (const root of this.#roots.values()) wipe(root)
    this.#held.clear()
    this.#roots.clear()
  }

  #addVersion(purpose: string, id: string, version: number): void {
    const root = newKey()
    this.#vault.change([this.#vault.seal({ kind: 'secret', purpose, id, version, createdAt: this.#now() }, root)])
    wipe(root)
  }

  #root(purpose: string, id: string, version: number): Buffer | undefined {
    const name = nameOf(purpose, id, version)
    const known = this.#roots.get(name)
    if (known !== undefined) return known
    const record = this.#vault.find('secret', purpose, id, version)
    if (record === undefined) return undefined
    const plain = this.#vault.unseal(record)
    const root = sodium.sodium_malloc(plain.byteLength)
    plain.copy(root)
    wipe(plain)
    this.#roots.set(name, root)
    return root
  }

  // Asked at each sealing: counted anew only where the vault has changed.
  #newestVersion(purpose: string, id: string): number {
    const serial = this.#vault.serial
    if (this.#newest?.serial !== serial) {
      const versions = new Map<string, number>()
      for (const record of this.#vault.records()) {
        if (record.kind !== 'secret') continue
        const name = nameOf(record.purpose, record.id)
        versions.set(name, Math.max(versions.get(name) ?? 0, record.version))
      }
      this.#newest = { serial, versions }
    }
    return this.#newest.versions.get(nameOf(purpose, id)) ?? 0
  }
}
