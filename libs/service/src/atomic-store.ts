import { CollectionError, type Repository } from '@growr/collections'

interface Expiring {
  readonly id: string
  readonly expiresAt: string
}

/** Where one-time codes, locks and sessions are kept (the port of @growr/auth), over a collection. */
export function atomicStore<T extends Expiring>(repository: Repository<T>): { get(id: string): Promise<T | undefined>; change(id: string, change: (current: T | undefined) => T | null): Promise<void> } {
  const change = async (id: string, next: (current: T | undefined) => T | null): Promise<void> => {
    for (;;) {
      try {
        await repository.update(id, (current) => next(current))
        return
      } catch (error) {
        if (!(error instanceof CollectionError && error.code === 'NOT_FOUND')) throw error
      }
      const first = next(undefined)
      if (first === null) return
      try {
        await repository.insert(first)
        return
      } catch (error) {
        // Somebody was faster: look at what is there now.
        if (!(error instanceof CollectionError && error.code === 'DUPLICATE')) throw error
      }
    }
  }
  return { get: async (id) => (await repository.get(id))?.doc, change }
}
