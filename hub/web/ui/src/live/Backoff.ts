/** Waits that double up to a limit, with jitter so that a thousand inboxes do not come back in the same instant. */
export class Backoff {
  private attempt = 0;

  constructor(
    private readonly first: number,
    private readonly limit: number,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const full = Math.min(this.limit, this.first * 2 ** this.attempt++);
    return full / 2 + (full / 2) * this.random();
  }

  reset(): void {
    this.attempt = 0;
  }
}
