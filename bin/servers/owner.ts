import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { canPass, type Identity } from "../postgres/identity.ts";

/**
 * The user that root hands a server to; undefined where we are not root and run it ourselves.
 *
 * @throws when the user does not exist, or may not pass through the parents of the folder
 */
export function ownerOf(user: string, folder: string): Identity | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const identity = identityOf(user, readFileSync("/etc/passwd", "utf8"));
	if (canPass(dirname(folder), identity)) return identity;
	throw new Error(
		`User ${user}, who has to run the server in place of root, may not pass through the parents of ${folder}. ` +
			"Open them (chmod o+x), or take another folder (STOA_SERVICES_HOME).",
	);
}

/** Picks the user from the text of `/etc/passwd`. */
export function identityOf(user: string, passwd: string): Identity {
	const [, , uid, gid] =
		passwd
			.split("\n")
			.map((line) => line.split(":"))
			.find(([name]) => name === user) ?? [];
	if (uid === undefined || gid === undefined)
		throw new Error(`There is no user ${user} to run the server as: install its package (bin/stoa services install).`);
	return { uid: Number(uid), gid: Number(gid) };
}
