"""Organisations by name: found in text in six languages, as the short names the field uses."""

from __future__ import annotations

from ingest.phrases import Phrases, lazily, variants

# Short name -> names and abbreviations. Abbreviations count in capitals only ("WHO", not "who").
ORGANISATIONS = {
    "IOM": "IOM; OIM; МОМ; International Organization for Migration"
    "; International Organisation for Migration"
    "; Organisation internationale pour les migrations; Organización Internacional para las Migraciones"
    "; Международная организация по миграции; المنظمة الدولية للهجرة; 国际移民组织"
    "; Organização Internacional para as Migrações",
    "UNDP": "UNDP; PNUD; ПРООН; United Nations Development Programme; United Nations Development Program"
    "; Programme des Nations Unies pour le développement"
    "; Programa de las Naciones Unidas para el Desarrollo"
    "; Программа развития Организации Объединенных Наций; برنامج الأمم المتحدة الإنمائي"
    "; 联合国开发计划署; 开发署"
    "; Programa das Nações Unidas para o Desenvolvimento",
    "UNHCR": "UNHCR; HCR; ACNUR; УВКБ; United Nations High Commissioner for Refugees; UN Refugee Agency"
    "; Haut Commissariat des Nations Unies pour les réfugiés"
    "; Alto Comisionado de las Naciones Unidas para los Refugiados"
    "; مفوضية الأمم المتحدة لشؤون اللاجئين; المفوضية السامية لشؤون اللاجئين; 难民署; 联合国难民事务高级专员",
    "OHCHR": "OHCHR; HCDH; ACNUDH; УВКПЧ; United Nations High Commissioner for Human Rights"
    "; Haut-Commissariat aux droits de l'homme; 人权高专办; مفوضية الأمم المتحدة لحقوق الإنسان",
    "ILO": "ILO; OIT; BIT; МОТ; International Labour Organization; International Labour Office"
    "; Organisation internationale du Travail; Organización Internacional del Trabajo"
    "; Международная организация труда; منظمة العمل الدولية; 国际劳工组织; 劳工组织",
    "UNICEF": "UNICEF; ЮНИСЕФ; United Nations Children's Fund; Fonds des Nations Unies pour l'enfance"
    "; Fondo de las Naciones Unidas para la Infancia; منظمة الأمم المتحدة للطفولة; اليونيسف; اليونيسيف"
    "; 联合国儿童基金会; 儿基会",
    "WFP": "WFP; PAM; PMA; ВПП; World Food Programme; Programme alimentaire mondial"
    "; Programa Mundial de Alimentos"
    "; Всемирная продовольственная программа; برنامج الأغذية العالمي; 世界粮食计划署; 粮食署",
    "FAO": "FAO; ФАО; Food and Agriculture Organization; الأغذية والزراعة; 粮农组织; 粮食及农业组织"
    "; Organisation des Nations Unies pour l'alimentation et l'agriculture",
    "IFAD": "IFAD; FIDA; International Fund for Agricultural Development; 农发基金",
    "UN DESA": "UN DESA; UNDESA; DESA; UN-DESA; Department of Economic and Social Affairs"
    "; Département des affaires économiques et sociales; Departamento de Asuntos Económicos y Sociales",
    "UNFPA": "UNFPA; FNUAP; ЮНФПА; United Nations Population Fund"
    "; Fonds des Nations Unies pour la population"
    "; Fondo de Población de las Naciones Unidas; صندوق الأمم المتحدة للسكان; 联合国人口基金; 人口基金",
    "UNOPS": "UNOPS; ЮНОПС; United Nations Office for Project Services; 项目厅",
    "UNCDF": "UNCDF; FENU; United Nations Capital Development Fund; 资发基金",
    "UN Women": "UN Women; UN-Women; ONU Femmes; ONU Mujeres; ООН Женщины; هيئة الأمم المتحدة للمرأة"
    "; 妇女署; ONU Mulheres"
    "; United Nations Entity for Gender Equality and the Empowerment of Women",
    "WHO": "WHO; OMS; ВОЗ; World Health Organization; World Health Organisation"
    "; Organisation mondiale de la Santé"
    "; Organización Mundial de la Salud; Всемирная организация здравоохранения; منظمة الصحة العالمية"
    "; 世界卫生组织; 世卫组织",
    "UNESCO": "UNESCO; ЮНЕСКО; اليونسكو; 教科文组织",
    "UNEP": "UNEP; PNUE; PNUMA; ЮНЕП; United Nations Environment Programme"
    "; Programme des Nations Unies pour l'environnement; برنامج الأمم المتحدة للبيئة; 环境署",
    "UNIDO": "UNIDO; ONUDI; ЮНИДО; United Nations Industrial Development Organization; 工发组织",
    "UN-Habitat": "UN Habitat; ONU Habitat; ООН Хабитат; United Nations Human Settlements Programme"
    "; موئل الأمم المتحدة; 人居署",
    "UNODC": "UNODC; ONUDC; УНП ООН; United Nations Office on Drugs and Crime",
    "UNAIDS": "UNAIDS; ONUSIDA; ЮНЭЙДС; Joint United Nations Programme on HIV/AIDS; 艾滋病规划署",
    "UNV": "UNV; United Nations Volunteers; Volontaires des Nations Unies",
    "UNCTAD": "UNCTAD; CNUCED; ЮНКТАД; 贸发会议",
    "UNCCD": "UNCCD; United Nations Convention to Combat Desertification"
    "; Convention to Combat Desertification",
    "UNFCCC": "UNFCCC; CCNUCC; CMNUCC; РКИК ООН",
    "UNRWA": "UNRWA; БАПОР; الأونروا; 近东救济工程处",
    "OCHA": "OCHA; BCAH; Office for the Coordination of Humanitarian Affairs",
    "JIU": "JIU; Joint Inspection Unit; Corps commun d'inspection; Dependencia Común de Inspección"
    "; 联合检查组",
    "ECLAC": "ECLAC; CEPAL; CEPALC", "ESCAP": "ESCAP; CESAP", "ESCWA": "ESCWA; CESAO; الإسكوا",
    "World Bank": "World Bank; Banque mondiale; Banco Mundial; Всемирный банк; البنك الدولي; 世界银行",
    "IMF": "IMF; FMI; МВФ; International Monetary Fund; Fonds monétaire international"
    "; صندوق النقد الدولي; 国际货币基金组织",
    "AfDB": "AfDB; African Development Bank; Banque africaine de développement"
    "; Banco Africano de Desarrollo",
    "ADB": "Asian Development Bank; Banque asiatique de développement",
    "IDB": "Inter-American Development Bank; Banco Interamericano de Desarrollo",
    "EU": "EU; UE; ЕС; European Union; Union européenne; Unión Europea; Европейский союз"
    "; الاتحاد الأوروبي; 欧盟; 欧洲联盟"
    "; European Commission; Commission européenne; União Europeia; European Parliament"
    "; European Communities",
    "Council of Europe": "Council of Europe; Conseil de l'Europe; Consejo de Europa; Совет Европы",
    "African Union": "African Union; Union africaine; Unión Africana; Африканский союз"
    "; الاتحاد الأفريقي; 非洲联盟",
    "GIZ": "GIZ; Deutsche Gesellschaft für Internationale Zusammenarbeit",
    "IGAD": "IGAD; Intergovernmental Authority on Development",
    "ECOWAS": "ECOWAS; CEDEAO; Economic Community of West African States",
    "ICRC": "ICRC; CICR; International Committee of the Red Cross",
    "GEF": "GEF; Global Environment Facility; Fonds pour l'environnement mondial",
    "OECD": "OECD; OCDE; ОЭСР",
    "UN": "United Nations; Nations Unies; Naciones Unidas; Организация Объединенных Наций"
    "; الأمم المتحدة; 联合国; Nações Unidas",
}  # fmt: skip

# Longer names in which a listed name stands and means something else.
_NOT_THE_ORGANISATION = (
    "OECD DAC; OECD/DAC; OCDE CAD; United Nations Framework Convention on Climate Change"
    "; Convention cadre des Nations Unies sur les changements climatiques"
    "; Convention cadre des Nations Unies sur le changement climatique"
    "; Convención Marco de las Naciones Unidas sobre el Cambio Climático"
)
# As ordinary words in a line of capitals these mean nothing ("THOSE WHO ...").
_NOT_IN_CAPITALS = {"WHO"}


@lazily
def _phrases() -> Phrases:
    from itertools import chain

    return Phrases(chain(variants({"": _NOT_THE_ORGANISATION}), variants(ORGANISATIONS)), abbreviations=True)


def find_organisations(text: str) -> dict[str, int]:
    """short name -> mentions in `text`, most mentioned first."""
    phrases = _phrases()
    found = phrases.count(text)
    if text.isupper():
        for name in _NOT_IN_CAPITALS & found.keys():
            del found[name]
    return dict(found.most_common())


def organisation(text: str) -> str | None:
    """The short name of one organisation, by any of its names; None if it is not in the table."""
    plain = text.strip()
    for name in ORGANISATIONS:
        if plain.casefold() == name.casefold():
            return name
    return _phrases().whole(plain) or _phrases().whole(plain.upper()) or None
