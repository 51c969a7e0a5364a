import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { TemplateVersion, Topic } from "../../contracts/notification-templates.ts";
import type { Source } from "../templates/template.ts";

const CREATED = `to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;
const COLUMNS = `id, name as template, locale, version, subject, text, html, short, ${CREATED}`;

export interface OwnTemplate {
	readonly name: string;
	readonly topic: Topic;
}

const NAMES = statement<OwnTemplate>("templates.names", "select name, topic from templates order by name");
const FIND = statement<OwnTemplate>("templates.find", "select name, topic from templates where name = $1");

const CURRENT = statement<TemplateVersion>(
	"templates.current",
	`select distinct on (name, locale) ${COLUMNS} from template_versions where name = any($1::text[])
	order by name, locale, version desc`,
);

const HISTORY = statement<Pick<TemplateVersion, "id" | "locale" | "version" | "subject" | "createdAt">>(
	"templates.history",
	`select id, locale, version, subject, ${CREATED} from template_versions where name = $1 order by id desc limit 100`,
);

const VERSION = statement<TemplateVersion>(
	"templates.version",
	`select ${COLUMNS} from template_versions where id = $1`,
);

/** Templates are written one at a time, so that their numbers have no gaps and their count stays bounded. */
const LOCK = statement("templates.lock", "select pg_advisory_xact_lock(hashtextextended('templates', 0))");

const OPEN = statement<{ ok: number }>(
	"templates.open",
	`with known as (select from templates where name = $1),
	made as (
		insert into templates (name, topic) select $1, $2
		where not exists (select from known) and (select count(*) from templates) < $3 returning 1
	)
	select 1 as ok where exists (select from known) or exists (select from made)`,
);

const ADD = statement<TemplateVersion>(
	"templates.add",
	`insert into template_versions (id, name, locale, version, subject, text, html, short, created_by)
	select $1, $2, $3, 1 + greatest($4, (select max(version) from template_versions where name = $2 and locale = $3)),
		$5, $6, $7, $8, $9
	returning ${COLUMNS}`,
);

/** The templates that somebody has written a version of. */
export const ownTemplates = (db: Queryable) => db.query(NAMES);

export async function findTemplate(db: Queryable, name: string): Promise<OwnTemplate | undefined> {
	return (await db.query(FIND, [name]))[0];
}

/** The newest written version of each language of some templates. */
export const currentVersions = (db: Queryable, names: readonly string[]) => db.query(CURRENT, [names]);

/** The newest written versions, newest first. */
export const historyOf = (db: Queryable, name: string) => db.query(HISTORY, [name]);

export async function findVersion(db: Queryable, id: string): Promise<TemplateVersion | undefined> {
	return (await db.query(VERSION, [id]))[0];
}

/** Makes sure that versions of a template can be written. @returns false when there are `limit` others */
export async function openTemplate(tx: Queryable, { name, topic }: OwnTemplate, limit: number): Promise<boolean> {
	await tx.query(LOCK);
	return (await tx.query(OPEN, [name, topic, limit])).length > 0;
}

export interface NewVersion extends Source {
	readonly id: string;
	readonly name: string;
	readonly locale: string;
	/** The newest version of this language that is not written here: Stoa's own, or 0. */
	readonly after: number;
	readonly author: string | null;
}

export async function addVersion(tx: Queryable, made: NewVersion): Promise<TemplateVersion> {
	const { id, name, locale, after, subject, text, html, short, author } = made;
	const [row] = await tx.query(ADD, [id, name, locale, after, subject, text, html, short, author]);
	if (row === undefined) throw new Error(`No version of ${name} was added.`);
	return row;
}
