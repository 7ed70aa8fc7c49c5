/** How well this side hears: what was lost since it was last asked (0 to 1), jitter and round trip in milliseconds. */

const before = new WeakMap();

export async function quality(connection) {
  if (!connection) return null;
  const stats = [...(await connection.getStats()).values()];
  const heard = stats.find((each) => each.type === "inbound-rtp" && each.kind === "audio");
  const pair = stats.find((each) => each.type === "candidate-pair" && each.nominated);
  if (!heard) return null;
  const { lost, received } = before.get(connection) ?? { lost: 0, received: 0 };
  before.set(connection, { lost: heard.packetsLost, received: heard.packetsReceived });
  const [gone, came] = [Math.max(0, heard.packetsLost - lost), heard.packetsReceived - received];
  return {
    loss: gone + came > 0 ? gone / (gone + came) : 0,
    jitter: Math.round((heard.jitter ?? 0) * 1000),
    rtt: Math.round((pair?.currentRoundTripTime ?? 0) * 1000),
  };
}
