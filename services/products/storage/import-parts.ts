import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

const INSERT = statement("importParts.insert", "insert into import_parts (import_id, part, bytes) values ($1, $2, $3)");
const READ = statement<{ bytes: Buffer }>(
	"importParts.read",
	"select bytes from import_parts where import_id = $1 and part = $2",
);
const DROP = statement("importParts.drop", "delete from import_parts where import_id = $1");

/** Keeps a part of a file that is being uploaded. */
export async function keepPart(db: Queryable, importId: string, part: number, bytes: Buffer): Promise<void> {
	await db.query(INSERT, [importId, part, bytes]);
}

/** The bytes of a file, a part at a time. */
export async function* partsOf(db: Queryable, importId: string): AsyncGenerator<Buffer> {
	for (let part = 0; ; part += 1) {
		const [row] = await db.query(READ, [importId, part]);
		if (row === undefined) return;
		yield row.bytes;
	}
}

/** Drops what was uploaded and will not be read. */
export async function dropParts(db: Queryable, importId: string): Promise<void> {
	await db.query(DROP, [importId]);
}
