/** Requests that no HTTP client library would send: several headers of one name, a body that is announced and never sent. */
import net from 'node:net';

export interface RawAnswer {
  status: number;
  head: string;
  body: string;
}

/** Sends the lines and then the body as they are, and answers with the first answer; the connection is then closed. */
export function sendRaw(
  url: string,
  lines: string[],
  body: string | Buffer | Promise<string> = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(10_000, () => {
      socket.destroy();
      reject(new Error('no answer within 10 s'));
    });
    socket.on('error', reject);
    socket.on('data', (part: string) => {
      text += part;
      const answer = answerIn(text);
      if (!answer) return;
      resolve(answer);
      socket.destroy();
    });
    socket.write([...lines, '', ''].join('\r\n'));
    void Promise.resolve(body).then((sent) => {
      if (sent.length && !socket.destroyed) socket.write(sent);
    });
  });
}

function answerIn(text: string): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return Buffer.byteLength(body) < length ? null : { status: Number(head.split(' ')[1]), head, body };
}
