package reading

import "time"

var weekdays = map[string]time.Weekday{
	"lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6, "dimanche": 0,
}

// weekdayShorts are words of their own (mer, jeu): they count before a number only.
var weekdayShorts = map[string]time.Weekday{"lun": 1, "mar": 2, "mer": 3, "jeu": 4, "ven": 5, "sam": 6, "dim": 0}

var months = map[string]time.Month{
	"janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8,
	"septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
}

var monthShorts = map[string]time.Month{
	"janv": 1, "jan": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}

var units = map[string]int{
	"premier": 1, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
	"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30,
}

var (
	titles  = set("mme mm mlle mrs madame monsieur messieurs mesdames mademoiselle dr docteur maitre famille maitresse instit professeur")
	streets = set("rue avenue av place pl chemin route impasse allee boulevard bd bld cours quai square lotissement residence faubourg ruelle passage")

	// refs are things that bear a date which is not a day asked for.
	refs = set(`facture factures mail mails courriel courriels message messages courrier email conversation appel echange lettre
		releve reunion reunions certificat attestation paiement prelevement prelevements virement cheque conseil menu menus
		reponse discussion telephone note circulaire rappel relance avis ordonnance formulaire document mandat sms entretien`)

	// otherThings are cancelled or booked with these words and are not meals.
	otherThings = set(`reunion reunions rendez rdv conseil prelevement prelevements paiement virement mandat abonnement facture factures
		commande cours entrainement seance anniversaire spectacle kermesse fete stage voyage visite adhesion billet billets voiture
		train vacances match place livre livres salle photo photos dossier compte inscription-judo judo danse piscine bibliotheque
		pique sortie sorties transport bus car equipe penalite frais relance activite activites atelier ateliers tap nap conservatoire mutuelle
		rappel allergie porc viande menu regime adresse numero telephone mail document documents fiche piece pieces demande`)

	pronouns = set("il elle on ils elles je j nous vous tu lui eux qui ca cela ce")

	illness = set(`malade malades maladie fievre grippe gastro varicelle angine bronchite otite covid rhume hospitalise hospitalisee hopital
		vomi vomit souffrant souffrante souffre medecin pediatre souffrants operation opere operee migraine grippe
		conjonctivite scarlatine bronchiolite fievreux fievreuse`)
	otherReasons = set("greve greves gréviste enseignante enseignant maitresse deces obseques enterrement")

	// hedges make a sentence unsure.
	hedges = set(`probablement normalement eventuellement surement potentiellement hypothetique voire
		sauf excepte hormis changer changement changements echanger echange inverser inverse decaler decale deplacer reporter reporte report
		plutot autrement contraire sinon paires impaires paire impaire alternance alternee quinzaine
		nombreux quelques certains certaines parfois souvent rarement etc etcetera respectivement oublie oubliee seulement uniquement
		hesite ignore verrai verrons essai essayer tester modifier modification modifications rectifier rectification rectificatif
		erreur tort trompe trompee pardon garder gardez maintenir maintenez conserver conservez laisser laissez excuser
		convenu prevu prevue comme habitude habituel habituelle idem pareil demi`)

	// timeWords in a clause that no date took say that a time was not understood.
	timeWords = set(`semaine semaines jour jours journee journees mois vacances rentree midis matin matinee apres-midi soir soiree trimestre
		annee periode fetes noel toussaint paques weekend lendemain veille prochain prochaine prochains prochaines suivant suivante suivants
		dernier derniere derniers derniers-jours debut fin milieu partir compter jusqu jusque desormais dorenavant depuis`)

	vocabulary = set(`bonjour bonsoir salut madame monsieur mesdames messieurs merci cordialement bien je j il elle ils elles nous vous on le la les
		l un une des du de d mon ma mes notre nos votre vos son sa ses leur leurs ce cet cette ces c et ou mais donc or ni car par contre en revanche
		pour avec sans dans sur sous chez vers entre pendant a au aux y pas ne n que qu qui quoi dont si svp stp veuillez pouvez pourriez pourrais
		est-ce est sont sera seront etait suis ai as avons avez ont aura auront peut peuvent pourra pourriez possible impossible comme suite apres
		avant voici ci joint jointe joints jointes piece pieces document documents objet re tr fwd annulation absence inscription reservation
		annuler annulez annule inscrire inscrivez reserver reservez cantine repas ecole classe mairie periscolaire garderie service accueil
		iban bic rib caf sepa mandat fiche sante attestation assurance certificat medical quotient familial toussaint noel paques ascension pentecote
		lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
		maman papa parents famille enfant enfants fils fille filles garcon tous toutes tout toute aussi egalement enfin finalement
		malade maladie demain hier aujourd hui aujourdhui envoye iphone samsung android ps pj ok oui non sncf covid cp ce1 ce2 cm1 cm2 ps ms gs
		france bourg dombes lyon belle bonne bon journee soiree weekend cdt cdlt bjr slt rdv donc alors puis ensuite
		quel quelle quels combien comment quand pourquoi est desole desolee excusez pardon votre madame serait est-il auriez avez ainsi afin
		ayant etant suite concernant rappel urgent important info information demande reponse changement modification prevoir merci
		absent absente present presente ici la lui soit il faut faudrait souhaite souhaitons souhaiterais voudrais voudrions aimerais informe
		signale previens previent confirme rajouter ajouter supprimer enlever retirer desinscrire desinscription mangera mange manger dejeunera`)
)

// harmless words turn no sense: politeness, telling, where and why.
var harmless = set(`prie plait voila envoie mrc mci decouverte instituteur institutrice invite invitee quittera quitte mot aurai raisons familiales familiaux professionnelles personnelles medicale medicales sortie sorties viens venir vais vacances liste aurons aura auront me m se t mari femme bcp beaucoup grandement sincerement vouloir pouvoir faire fait prendre prend pris note noter notez compte acte part connaissance
	informer informons informe prevenir previens prevenons avertir signaler signalons confirmons permets permet adresse ecris ecrire ecrivons contacte contacter
	tiens tenir transmets transmettre reviens voici comprehension aide service gentillesse attention diligence retour confirmation reception disposition
	raison cause motif malgre grace chercher recuperer emmener amener deposer arrivera arrive arriver revient reprend reprendra retard repart part partira partons
	dentiste orthodontiste ophtalmo ophtalmologue orthophoniste kine kinesitherapeute psychologue psychomotricien psychomotricienne dermatologue allergologue orl hopital
	rendez rendezvous consultation examen bilan irm radio vaccin visite deplacement travail travaille travaillons reunion formation obligation imprevu
	mamie papy papi mamy nounou grand grande grands mere pere parent tata tonton tante oncle copain copine cousin cousine voisin voisine grandparents
	justifiee justifie souhaiterions desirons desire voudrions serions desolee desoles desole excuses navree navre regret dernier-moment delai tardif tardive tardivement
	restaurant scolaire collectif self refectoire elementaire maternelle primaire eleve eleves scolarise scolarisee section moyenne petite maternel inscrit
	place places formule plat midi pause meridienne heure heures matinale
	possible besoin necessaire utile souhaitable urgent rapidement vite toujours encore deja exceptionnel exceptionnelle malheureusement heureusement
	voyage famille familial familiale mariage bapteme deuil demenagement obsèques sport piscine ski musee theatre spectacle`)
