export { freePort } from "../../bin/postgres/port.ts";

export const ADMIN = { email: "admin@example.com", password: "admin of the test shop" };

/** Where a shop runs: as one process on a laptop, or as many on a cluster. */
export interface Premises {
	/** Folder of mails, logs and journals. */
	readonly home: string;
	readonly gateway: string;
	/** Starts what is not running and waits until requests are served. */
	start(): Promise<{ readonly readyAfterMs: number }>;
	/** Ends every process without any chance to finish. */
	kill(): Promise<void>;
	/** Ends every process the polite way. @returns the exit code, 0 when all had it */
	stop(): Promise<number | null>;
	/** Where a service's database is; `release` when it is not needed any more. */
	database(service: string): Promise<{ readonly url: string; release(): Promise<void> }>;
	jwtSecret(): Promise<string>;
	/** Removes, after a stop, whatever is left on disks and servers. */
	clear(): Promise<void>;
}

/** Opens premises with these variables on top of their own. */
export type Opening = (env: NodeJS.ProcessEnv) => Promise<Premises>;
