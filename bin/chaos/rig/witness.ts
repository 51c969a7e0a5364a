import type { Databases } from "../../trial/databases.ts";

/**
 * Watches the sagas from inside the database, past the program: who made or took over a saga is noted with its
 * fence, and whoever else writes it under that fence is a stale owner. The process names itself by its session
 * (`PGOPTIONS`); one that does not, e.g. a judge, is not watched.
 */
const WITNESS = `
	create table chaos_owners (saga_id uuid primary key, process text not null, takeovers integer not null default 0);
	create table chaos_stale_writes (saga_id uuid, fence bigint, owner text, writer text, at timestamptz default now());

	create function chaos_witness() returns trigger language plpgsql as $$
	declare
		writer text := nullif(current_setting('chaos.process', true), '');
		known text;
	begin
		if writer is null then return null; end if;
		if tg_op = 'INSERT' or new.fence <> old.fence then
			insert into chaos_owners values (new.id, writer) on conflict (saga_id)
				do update set process = excluded.process,
					takeovers = chaos_owners.takeovers + (chaos_owners.process <> excluded.process and new.type <> 'hold')::int;
			return null;
		end if;
		select process into known from chaos_owners where saga_id = new.id;
		if known <> writer then
			insert into chaos_stale_writes (saga_id, fence, owner, writer) values (new.id, new.fence, known, writer);
		end if;
		return null;
	end $$;
	create trigger chaos_witness after insert or update on sagas for each row execute function chaos_witness();
`;

/** Notes each fact that came to an inbox, also one that was there before: those are the duplicates it absorbs. */
const ARRIVALS = `
	create table chaos_arrivals (consumer text not null, message_id uuid not null);
	create function chaos_arrival() returns trigger language plpgsql as $$
	begin
		insert into chaos_arrivals values (new.consumer, new.message_id);
		return new;
	end $$;
	create trigger chaos_arrival before insert on inbox for each row execute function chaos_arrival();
`;

/** @param readers the services that have an inbox */
export async function installWitness(databases: Databases, readers: readonly string[]): Promise<void> {
	await databases.rows("orders", WITNESS);
	for (const service of readers) await databases.rows(service, ARRIVALS);
}

const DUPLICATES = "select (count(*) - count(distinct (consumer, message_id)))::int as count from chaos_arrivals";

/** How many facts came again to a consumer that had handled them. */
export async function duplicatesIn(databases: Databases, readers: readonly string[]): Promise<number> {
	const counts = await Promise.all(readers.map((service) => databases.rows<{ count: number }>(service, DUPLICATES)));
	return counts.flat().reduce((sum, { count }) => sum + count, 0);
}

export interface StaleWrite {
	readonly sagaId: string;
	readonly owner: string;
	readonly writer: string;
}

export const staleWrites = (databases: Databases): Promise<StaleWrite[]> =>
	databases.rows("orders", `select saga_id as "sagaId", owner, writer from chaos_stale_writes`);

/** How often a saga was taken over from another process; holds, which wait for their end unowned, do not count. */
export async function takeovers(databases: Databases): Promise<number> {
	const [row] = await databases.rows<{ count: number }>(
		"orders",
		"select coalesce(sum(takeovers), 0)::int as count from chaos_owners",
	);
	return row?.count ?? 0;
}
