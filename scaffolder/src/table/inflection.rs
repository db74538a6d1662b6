//! Singulars and plurals of English words.
//!
//! The crate `pluralizer` knows the rules and most exceptions. Where it makes a word that is none, the right one stands here.

/// Plural and singular; the same word twice where it is its own singular.
const SINGULARS: [(&str, &str); 38] = [
    ("aches", "ache"),
    ("avalanches", "avalanche"),
    ("axes", "axis"),
    ("biases", "bias"),
    ("blitzes", "blitz"),
    ("caches", "cache"),
    ("cliches", "cliche"),
    ("clothes", "clothes"),
    ("creches", "creche"),
    ("ellipses", "ellipsis"),
    ("fezzes", "fez"),
    ("gnus", "gnu"),
    ("gurus", "guru"),
    ("headaches", "headache"),
    ("heaves", "heave"),
    ("hoodies", "hoodie"),
    ("lenses", "lens"),
    ("media", "medium"),
    ("metadata", "metadata"),
    ("mosquitoes", "mosquito"),
    ("moustaches", "moustache"),
    ("niches", "niche"),
    ("oases", "oasis"),
    ("pancreases", "pancreas"),
    ("prairies", "prairie"),
    ("premises", "premise"),
    ("psyches", "psyche"),
    ("quiches", "quiche"),
    ("safaris", "safari"),
    ("selfies", "selfie"),
    ("series", "series"),
    ("species", "species"),
    ("syllabuses", "syllabus"),
    ("toothaches", "toothache"),
    ("tranches", "tranche"),
    ("vetoes", "veto"),
    ("waltzes", "waltz"),
    ("zeroes", "zero"),
];

/// The singular of a word in the plural. What has none, or is no plural, stays as it is.
pub(super) fn singular(word: &str) -> String {
    match SINGULARS.iter().find(|(many, _)| *many == word) {
        Some((_, one)) => (*one).to_owned(),
        None => pluralizer::pluralize(word, 1, false),
    }
}

/// The plural of a word.
pub(super) fn plural(word: &str) -> String {
    match SINGULARS.iter().find(|(_, one)| *one == word) {
        Some((many, _)) => (*many).to_owned(),
        None => pluralizer::pluralize(word, 2, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of ending that English has, with words that a table could be about.
    #[test]
    fn a_singular_is_the_word_that_people_write() {
        let words = "accesses=access addresses=address aches=ache aircraft=aircraft aliases=alias analyses=analysis \
            apexes=apex appendices=appendix archives=archive avalanches=avalanche axes=axis bases=base \
            batches=batch bonuses=bonus branches=branch brooches=brooch bureaus=bureau buses=bus \
            businesses=business buzzes=buzz caches=cache calves=calf campuses=campus canvases=canvas cases=case \
            causes=cause censuses=census choruses=chorus churches=church classes=class clauses=clause \
            cliches=cliche clothes=clothes coaches=coach codices=codex consensuses=consensus corpuses=corpus \
            courses=course courthouses=courthouse creches=creche crises=crisis criteria=criterion curves=curve \
            data=datum databases=database diagnoses=diagnosis dice=die dishes=dish doses=dose echoes=echo \
            elves=elf ellipses=ellipsis enterprises=enterprise epochs=epoch exercises=exercise expenses=expense \
            eyelashes=eyelash families=family feet=foot fezzes=fez fixes=fix focuses=focus franchises=franchise \
            gases=gas geese=goose genera=genus geniuses=genius glasses=glass halves=half headaches=headache \
            heroes=hero hives=hive hooves=hoof horses=horse houses=house hypotheses=hypothesis indexes=index \
            indices=index irises=iris kisses=kiss knives=knife leaves=leaf lenses=lens licenses=license \
            lives=life loaves=loaf losses=loss lunches=lunch matches=match matrices=matrix mazes=maze \
            media=medium menus=menu mice=mouse moustaches=moustache movies=movie niches=niche nooses=noose \
            noses=nose nurses=nurse oases=oasis octopuses=octopus opuses=opus parentheses=parenthesis \
            passes=pass people=person phases=phase phrases=phrase potatoes=potato premises=premise \
            princesses=princess prizes=prize processes=process promises=promise proofs=proof \
            prostheses=prosthesis psyches=psyche purchases=purchase purposes=purpose pulses=pulse quiches=quiche \
            quizzes=quiz radiuses=radius releases=release responses=response roofs=roof roses=rose \
            sandwiches=sandwich scarves=scarf schemas=schema senses=sense series=series sheaves=sheaf \
            shelves=shelf shoes=shoe sizes=size species=species statuses=status stimuli=stimulus stitches=stitch \
            stomachs=stomach stories=story surveys=survey switches=switch syllabuses=syllabus \
            syntheses=synthesis taxes=tax teeth=tooth theses=thesis thieves=thief toes=toe tomatoes=tomato \
            toothaches=toothache tranches=tranche trenches=trench universes=universe uses=use valves=valve \
            vases=vase verses=verse vertices=vertex viruses=virus vetoes=veto waitresses=waitress \
            warehouses=warehouse watches=watch waves=wave wives=wife wolves=wolf women=woman zeroes=zero \
            children=child men=man oxen=ox moves=move gloves=glove olives=olive drives=drive natives=native \
            objectives=objective perspectives=perspective alternatives=alternative cookies=cookie zombies=zombie \
            pies=pie ties=tie lies=lie calories=calorie selfies=selfie rookies=rookie brownies=brownie \
            hoodies=hoodie genies=genie prairies=prairie ponies=pony taxis=taxi alibis=alibi skis=ski kiwis=kiwi \
            safaris=safari tsunamis=tsunami apis=api emus=emu gurus=guru gnus=gnu biases=bias atlases=atlas \
            pancreases=pancreas christmases=christmas lynxes=lynx waltzes=waltz blitzes=blitz prices=price \
            invoices=invoice devices=device services=service offices=office sentences=sentence \
            references=reference preferences=preference spaces=space places=place vices=vice slices=slice \
            dances=dance choices=choice cruises=cruise noises=noise diseases=disease leases=lease \
            increases=increase nieces=niece heaves=heave sleeves=sleeve bees=bee trees=tree fees=fee \
            employees=employee committees=committee keys=key toys=toy days=day ids=id bytes=byte sites=site \
            pixels=pixel photos=photo videos=video pianos=piano studios=studio memos=memo logos=logo \
            cargoes=cargo mangoes=mango torpedoes=torpedo embargoes=embargo mosquitoes=mosquito \
            volcanoes=volcano tornadoes=tornado tuxedos=tuxedo radios=radio zoos=zoo kangaroos=kangaroo \
            tattoos=tattoo shampoos=shampoo canoes=canoe oboes=oboe hoes=hoe foes=foe movements=movement \
            metadata=metadata equipment=equipment news=news sheep=sheep fish=fish deer=deer feedback=feedback \
            information=information";
        let wrong: Vec<String> = words
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .filter(|(many, one)| singular(many) != *one)
            .map(|(many, one)| format!("{many} -> {}, not {one}", singular(many)))
            .collect();
        assert_eq!(wrong, Vec::<String>::new());
    }
}
