import { connect } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";

export interface Reply {
	readonly status: number;
	/** Status line and header fields. */
	readonly head: string;
	readonly body: Buffer;
}

interface Waiting {
	readonly resolve: (reply: Reply) => void;
	readonly reject: (error: Error) => void;
}

const HEAD_END = "\r\n\r\n";
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const NOTHING = Buffer.alloc(0);

/**
 * A kept-alive HTTP/1.1 connection with one request at a time. It reads no more of an answer than a load generator
 * needs: on a machine that it shares with the servers, what it burns is taken from both of them.
 */
export class Connection {
	readonly #socket: Socket;
	#received: Buffer = NOTHING;
	#waiting: Waiting | undefined;

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on("data", (chunk: Buffer) => this.#take(chunk));
		socket.on("error", (error) => this.#fail(error));
		socket.on("close", () => this.#fail(new Error("The server closed the connection before it answered.")));
	}

	/** @throws when nothing listens on the port */
	static async open(host: string, port: number): Promise<Connection> {
		const socket = connect(port, host);
		await once(socket, "connect");
		return new Connection(socket);
	}

	/**
	 * @param request as it goes over the wire, in Latin-1
	 * @throws when the connection breaks, or the answer has no Content-Length
	 */
	send(request: string): Promise<Reply> {
		return new Promise((resolve, reject) => {
			this.#waiting = { resolve, reject };
			this.#socket.write(request, "latin1");
		});
	}

	close(): void {
		this.#socket.destroy();
	}

	#take(chunk: Buffer): void {
		this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
		const headEnd = this.#received.indexOf(HEAD_END);
		if (headEnd === -1) return;

		const head = this.#received.toString("latin1", 0, headEnd);
		const length = CONTENT_LENGTH.exec(head)?.[1];
		if (length === undefined) {
			this.#fail(new Error(`An answer has no Content-Length:\n${head}`));
			return;
		}
		const bodyStart = headEnd + HEAD_END.length;
		const end = bodyStart + Number(length);
		if (this.#received.length < end) return;

		const body = this.#received.subarray(bodyStart, end);
		this.#received = NOTHING;
		this.#settle()?.resolve({ status: Number(head.slice(9, 12)), head, body });
	}

	#fail(error: Error): void {
		this.#settle()?.reject(error);
	}

	#settle(): Waiting | undefined {
		const waiting = this.#waiting;
		this.#waiting = undefined;
		return waiting;
	}
}
