//! What runs by itself: routines, triggers, rules, policies.

pub(super) const ROUTINES: &str = "
    select p.tableoid as class, p.oid, p.oid::regprocedure::text as name,
           rtrim(pg_get_functiondef(p.oid), E'\\n') as create,
           format('DROP %s %s', case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end,
                  p.oid::regprocedure) as drop,
           array[concat(pg_get_function_result(p.oid), ' of ', p.prokind, ' ', p.proargnames,
                        ' ', p.proargmodes, ' ', p.pronargdefaults)] as keeps
    from pg_proc p where p.prokind in ('f', 'p', 'w') and p.oid >= 16384
      and not exists (select 1 from pg_depend d where d.deptype in ('e', 'i')
                      and d.classid = 'pg_proc'::regclass and d.objid = p.oid)";

/// Rules are on from the start.
pub(super) const RULES: &str = "
    select r.tableoid as class, r.oid, r.ev_class as parent,
           format('%s.%I', r.ev_class::regclass, r.rulename) as name,
           rtrim(pg_get_ruledef(r.oid, true), ';') as create,
           case r.ev_enabled when 'O' then null
           else format('ALTER TABLE %s %s RULE %I', r.ev_class::regclass,
                       case r.ev_enabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA'
                                         else 'ENABLE ALWAYS' end, r.rulename) end as then,
           format('DROP RULE %I ON %s', r.rulename, r.ev_class::regclass) as drop
    from pg_rewrite r where r.rulename <> '_RETURN' and r.oid >= 16384";

/// Triggers are on from the start, and on a partition as on its table: there only what is otherwise is one of its own.
pub(super) const TRIGGERS: &str = "
    select t.tableoid as class, t.oid, t.tgrelid as parent,
           format('%s.%I', t.tgrelid::regclass, t.tgname) as name,
           case when p.oid is null then pg_get_triggerdef(t.oid, true) else switched end as create,
           case when p.oid is null and t.tgenabled <> 'O' then switched end as then,
           case when p.oid is null then format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
           else format('ALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass, before.word, t.tgname) end as drop
    from pg_trigger t
    left join pg_trigger p on p.oid = t.tgparentid
    join (values ('O'::\"char\", 'ENABLE'), ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS')) state (code, word)
         on state.code = t.tgenabled
    left join (values ('O'::\"char\", 'ENABLE'), ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS'))
         before (code, word) on before.code = p.tgenabled
    cross join format('ALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass, state.word, t.tgname) switched
    where not t.tgisinternal and t.oid >= 16384 and (p.oid is null or t.tgenabled <> p.tgenabled)";

pub(super) const POLICIES: &str = "
    select p.tableoid as class, p.oid, p.polrelid as parent,
           format('%s.%I', p.polrelid::regclass, p.polname) as name,
           format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s', p.polname, p.polrelid::regclass,
                  case when not p.polpermissive then ' AS RESTRICTIVE' end,
                  case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
                                when 'd' then 'DELETE' else 'ALL' end,
                  (select string_agg(case r when 0 then 'PUBLIC' else r::regrole::text end, ', ' order by r)
                   from unnest(p.polroles) r),
                  ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                  ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as create,
           format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass) as drop
    from pg_policy p where p.oid >= 16384";
