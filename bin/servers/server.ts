/**
 * A server that Stoa stands on, in an instance of its own: a folder and ports that nobody else uses.
 *
 *     const redis = await startServer("redis", { folder });    bin/servers/start.ts
 *     await redis.kill();
 *     await startServer("redis", { folder });                  the same ports, the same data
 */
export const SERVER_NAMES = ["postgres", "redis", "rabbitmq", "nats", "nats-tls", "mongodb"] as const;

export type ServerName = (typeof SERVER_NAMES)[number];

/** A private CA and a certificate for `localhost` and 127.0.0.1: paths of PEM files. */
export interface Certificates {
	readonly ca: string;
	readonly certificate: string;
	readonly key: string;
}

/** Where an instance lives. */
export interface Site {
	readonly folder: string;
	/** By purpose; `main` is the one of the URL, `tls` the one of the URL over TLS. */
	readonly ports: Readonly<Record<string, number>>;
	/** Without them the instance speaks no TLS. Copies inside the folder, which its user may read. */
	readonly certificates?: Certificates | undefined;
}

export interface Command {
	readonly program: string;
	readonly args: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

/** What must be on the machine before the server can start. */
export interface Needs {
	/** Packages of Debian and its descendants. */
	readonly packages: readonly string[];
	/** A program or library that no package has: see bin/servers/programs.ts. */
	readonly built?: "nats-server" | "mongo-java-server";
}

/** How one kind of server is prepared, started, asked and addressed. */
export interface Server {
	readonly name: ServerName;
	/** The purposes of its ports, in their order from the first. */
	readonly ports: readonly string[];
	/** Who runs it where root starts it; anyone else runs it as themselves. */
	readonly user: string;
	readonly needs: Needs;
	/** Ends it in order. */
	readonly stopSignal: NodeJS.Signals;
	/** How long a start may take, recovery after a crash included. */
	readonly startTimeoutMs: number;
	/** Its settings: texts by file name, written into the folder before each start. */
	files(site: Site): Readonly<Record<string, string>>;
	/** Folders inside the folder that it expects to find. */
	readonly folders?: readonly string[];
	/** What a first start, or one after a crash, needs besides files. `run` runs a program as the server's user. */
	prepare?(site: Site, run: (command: Command) => Promise<void>): Promise<void>;
	command(site: Site): Command;
	/** Whether it serves, not merely listens. */
	isReady(site: Site): Promise<boolean>;
	url(site: Site): string;
	/** Undefined where the instance speaks no TLS. */
	tlsUrl(site: Site): string | undefined;
	/** Ends what a dead server leaves running. */
	sweep?(site: Site): Command;
}

/** One instance that runs. */
export interface RunningServer {
	readonly name: ServerName;
	readonly folder: string;
	readonly ports: Readonly<Record<string, number>>;
	readonly url: string;
	readonly tlsUrl: string | undefined;
	readonly pid: number;
	/** It ran already, and was left as it was. */
	readonly reused: boolean;
	/** Ends it without any chance to finish, and waits until it is gone. `SIGQUIT` is PostgreSQL's immediate stop. */
	kill(signal?: NodeJS.Signals): Promise<void>;
	/** Ends it in order, paused or dead too, with all that it left running. */
	stop(): Promise<void>;
	/** Freezes it: it keeps its connections and, once this resolves, answers nothing. */
	pause(): Promise<void>;
	/** Lets a paused one go on. */
	resume(): void;
}

export interface StartOptions {
	/** Its data, settings, log and ports; made when it is missing. */
	readonly folder: string;
	/** The port of its URL. Without it, and for its other ports, any free ones, which the folder keeps for later starts. */
	readonly port?: number;
	/** All ports by purpose, instead of free ones. */
	readonly ports?: Readonly<Record<string, number>>;
	/** To speak TLS too: the files of `makeCertificates` (bin/servers/certificates.ts). */
	readonly certificates?: Certificates | undefined;
}
