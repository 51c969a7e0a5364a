import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** The operating system's user that PostgreSQL runs as. */
export interface Identity {
	readonly uid: number;
	readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands it to another user: the owner of the data folder, once there is
 * one; before that `postgres`, else `nobody`. Anyone else (undefined) runs it as themselves.
 */
export function serverIdentity(dataFolder: string): Identity | undefined {
	if (process.getuid?.() !== 0) return undefined;
	return ownerOf(dataFolder) ?? unprivilegedUser(readFileSync("/etc/passwd", "utf8"));
}

function ownerOf(dataFolder: string): Identity | undefined {
	const data = statSync(dataFolder, { throwIfNoEntry: false });
	if (!data) return undefined;
	if (data.uid !== 0) return { uid: data.uid, gid: data.gid };
	throw new Error(
		`The data folder ${dataFolder} belongs to root, and PostgreSQL refuses to run as root. ` +
			`Give it to another user: chown -R nobody ${dataFolder}`,
	);
}

/** Picks `postgres`, else `nobody`, from the text of `/etc/passwd`. */
export function unprivilegedUser(passwd: string): Identity {
	const users = new Map(passwd.split("\n").map((line) => [line.split(":")[0], line.split(":")]));
	const [, , uid, gid] = users.get("postgres") ?? users.get("nobody") ?? [];
	if (uid === undefined || gid === undefined) {
		throw new Error(
			"PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody` to run it as. " +
				"Add one (useradd --system postgres), start as another user, or set DATABASE_URL.",
		);
	}
	return { uid: Number(uid), gid: Number(gid) };
}

/** Whether the user may pass through the folder and all its parents, by mode bits. */
export function canPass(folder: string, identity: Identity): boolean {
	for (let path = realpathSync(folder); ; path = dirname(path)) {
		if (!maySearch(statSync(path), identity)) return false;
		if (path === dirname(path)) return true;
	}
}

/** Only the first class of bits that fits the user counts, as in the kernel. */
export function maySearch(folder: Identity & { readonly mode: number }, identity: Identity): boolean {
	if (folder.uid === identity.uid) return (folder.mode & 0o100) !== 0;
	if (folder.gid === identity.gid) return (folder.mode & 0o010) !== 0;
	return (folder.mode & 0o001) !== 0;
}
