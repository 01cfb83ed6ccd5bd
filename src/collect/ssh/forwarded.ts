import { Duplex } from 'node:stream';

/**
 * A connection through another one, as a socket of its own. What is written to it goes out a moment later: ssh2
 * encrypts a packet in pieces, with memory that all its connections share, and writing one piece would encrypt
 * for the connection below before the next piece is done.
 */
export function forwardedSocket(channel: Duplex): Duplex {
  const socket = new Duplex({
    read: () => channel.resume(),
    write: (chunk: Uint8Array, _encoding, done) => {
      const bytes = Buffer.from(chunk);
      process.nextTick(() => channel.write(bytes, (error) => done(error ?? null)));
    },
    final: (done) => {
      process.nextTick(() => channel.end(() => done()));
    },
    destroy: (error, done) => {
      channel.destroy();
      done(error);
    },
  });
  channel.on('data', (chunk: Uint8Array) => {
    if (!socket.push(chunk)) channel.pause();
  });
  channel.on('end', () => socket.push(null));
  channel.on('close', () => socket.destroy());
  channel.on('error', (error: Error) => socket.destroy(error));
  return socket;
}
