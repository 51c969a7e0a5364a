import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A TCP proxy in front of a MongoDB, which a spec shuts, silences and breaks. */
export interface Door {
	readonly url: string;
	shut(): Promise<void>;
	open(): Promise<void>;
	/** Takes everything and passes nothing on. */
	silence(): void;
	hear(): void;
	breakAll(): void;
	close(): Promise<void>;
}

class TcpDoor implements Door {
	readonly #server;
	readonly #sockets = new Set<Socket>();
	#port = 0;
	#isSilent = false;

	constructor({ hostname, port }: URL) {
		this.#server = createServer((near) => {
			const far = connect(Number(port), hostname);
			this.#pass(near, far);
			this.#pass(far, near);
		});
	}

	get url(): string {
		return `mongodb://127.0.0.1:${this.#port}`;
	}

	async open(): Promise<void> {
		this.#server.listen(this.#port, "127.0.0.1");
		await once(this.#server, "listening");
		this.#port = (this.#server.address() as AddressInfo).port;
	}

	async shut(): Promise<void> {
		if (!this.#server.listening) return;
		const closed = once(this.#server, "close");
		this.#server.close();
		this.breakAll();
		await closed;
	}

	close = () => this.shut();

	silence(): void {
		this.#isSilent = true;
	}

	hear(): void {
		this.#isSilent = false;
	}

	breakAll(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	#pass(from: Socket, to: Socket): void {
		this.#sockets.add(from);
		from.on("data", (data) => this.#isSilent || to.write(data));
		from.on("error", () => undefined);
		from.on("close", () => {
			this.#sockets.delete(from);
			to.destroy();
		});
	}
}

export async function openDoor(target: string): Promise<Door> {
	const door = new TcpDoor(new URL(target));
	await door.open();
	return door;
}
